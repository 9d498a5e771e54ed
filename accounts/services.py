"""Every change to people and teams that the portal makes by itself."""

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.text import slugify

from accounts.models import Membership, Team, User


@transaction.atomic
def create_person(
    email: str,
    display_name: str,
    *,
    role: str,
    password: str | None = None,
    time_zone: str = "UTC",
    is_staff: bool = False,
) -> User:
    """Make a person with one role. Raises Group.DoesNotExist for an unknown role, ValidationError for bad values."""
    user = User(
        email=User.objects.normalize_email(email), display_name=display_name, time_zone=time_zone, is_staff=is_staff
    )
    user.set_password(password)
    user.full_clean()
    user.save()
    user.groups.add(Group.objects.get(name=role))
    return user


def ensure_team(name: str) -> Team:
    """The team of that name, upper and lower case alike; made when there is none."""
    name = name.strip()[:120]
    team = Team.objects.filter(name__iexact=name).first()
    if team is not None:
        return team
    stem = slugify(name)[:70] or "team"
    taken = set(Team.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug = next(s for s in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)
    return Team.objects.create(name=name, slug=slug)


def add_member(team: Team, user: User, *, is_lead: bool = False) -> Membership:
    """Put a person into a team; again changes only whether they lead it."""
    membership, _ = Membership.objects.update_or_create(team=team, user=user, defaults={"is_lead": is_lead})
    return membership

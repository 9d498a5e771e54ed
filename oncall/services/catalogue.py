"""Every change to services that the portal makes by itself."""

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Team
from oncall.models import FormerServiceSlug, Service, ServiceLink


def slug_for(name: str) -> str:
    """The address of a service of that name; `service`, `service-2` … for names without a Latin letter or digit."""
    slug = slugify(name)[:80].strip("-")
    if slug:
        return slug
    known = Service.objects.filter(name__iexact=name).values_list("slug", flat=True).first()
    taken = set(Service.objects.filter(slug__startswith="service").values_list("slug", flat=True))
    return known or next(
        s for n in range(1, len(taken) + 2) if (s := f"service-{n}" if n > 1 else "service") not in taken
    )


def _todays_slug(slug: str) -> str:
    """The slug as it is now of the service that once had this one; the same when no service gave it up."""
    renamed = Service.objects.filter(former_slugs__slug=slug).values_list("slug", flat=True).first()
    return slug if renamed is None or Service.objects.filter(slug=slug).exists() else renamed


@transaction.atomic
def ensure_service(name: str, *, team: Team | None = None, slo: str = "") -> Service:
    """The service of that name or slug; made when there is none. What an existing one says is left as it is.

    A slug that a service had before it was renamed still means that service: its folder is imported into it as before.
    """
    name = name.strip()[:120]
    slug = _todays_slug(slug_for(name))
    service, is_new = Service.objects.get_or_create(slug=slug, defaults={"name": name, "team": team, "slo": slo[:200]})
    if not is_new and service.team_id is None and team is not None:
        service.team = team
        service.save(update_fields=["team", "updated_at"])
    return service


@transaction.atomic
def create_service(name: str, *, team: Team | None = None) -> Service:
    """A new service, at an address that no service has or had. Raises ValidationError for a name that won't do."""
    name = " ".join(name.split())
    stem = slugify(name)[:70].strip("-") or "service"
    taken = set(Service.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    taken |= set(FormerServiceSlug.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug = next(s for n in range(1, len(taken) + 2) if (s := f"{stem}-{n}" if n > 1 else stem) not in taken)
    service = Service(name=name, slug=slug, team=team)
    service.full_clean()
    service.save()
    return service


def ensure_link(service: Service, kind: str, url: str, label: str = "") -> None:
    """Give a service a link it does not have yet. Anything that is no http(s) address is left out."""
    if url.startswith(("https://", "http://")) and len(url) <= 500:
        _, is_new = ServiceLink.objects.get_or_create(
            service=service, kind=kind, url=url, defaults={"label": label[:120]}
        )
        if is_new:
            service.save(update_fields=["updated_at"])  # pages that show its links are made again

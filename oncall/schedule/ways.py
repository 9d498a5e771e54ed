"""How to reach the people of a schedule: what the directory says, else the mail address they log in with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from accounts.models import User
from oncall.models import Way


def load_ways(people: Iterable[User], reader: User) -> dict[int, list[Way]]:
    """The ways to reach each person that `reader` may see, phone first, by the person's id; one query.

    Whoever has none in the directory gets the e-mail address of the account, which nobody confirmed there.
    """
    known = {person.pk: person for person in people}
    ways: dict[int, list[Way]] = defaultdict(list)
    rows = Way.objects.visible_to(reader).filter(contact__user__in=known, contact__left_at__isnull=True)
    for way in rows.select_related("contact").order_by("pk"):
        assert way.contact is not None and way.contact.user_id is not None  # filtered so
        ways[way.contact.user_id].append(way)
    order = {Way.Kind.PHONE: 0, Way.Kind.CHAT: 1, Way.Kind.EMAIL: 2, Way.Kind.WEB: 3}
    return {
        pk: sorted(ways[pk], key=lambda way: order[Way.Kind(way.kind)])
        or [Way(kind=Way.Kind.EMAIL, value=person.email)]
        for pk, person in known.items()
    }

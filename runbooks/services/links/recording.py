"""Which addresses the active text of a runbook leads to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from runbooks.link_addresses import digest, find_addresses, find_host, find_obstacle
from runbooks.models import ExternalLink, LinkHost, LinkUse, Runbook
from runbooks.services.common import lock_runbook
from runbooks.services.evidence import settle
from runbooks.services.links.saying import list_keys, notice_dead
from runbooks.services.links.timing import LEFT_PAUSE, spread

MOST = 2000  # links of one text; one that holds more is a list of links and no runbook
FORGOTTEN_AFTER = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Use:
    """An address on a line of a text."""

    url: str
    line: int
    text: str

    @property
    def sha256(self) -> str:
        return digest(self.url)


@transaction.atomic
def record_links(runbook: Runbook, now: dt.datetime) -> int:
    """Bring what is known of a runbook's links in line with its active text; how many addresses it leads to.

    New addresses are due at once. Harmless when repeated. Templates lead nowhere, as do runbooks that never were active.
    """
    lock_runbook(runbook.pk)
    uses = _find_uses(runbook)
    links = _find_links(uses, now)
    wanted = {(links[use.sha256], use.line): use.text for use in uses}
    known = {(row.link_id, row.line): row for row in LinkUse.objects.filter(runbook=runbook)}
    gone = [row for place, row in known.items() if wanted.get(place) != row.text]
    new = [place for place, text in wanted.items() if place not in known or known[place].text != text]
    if not gone and not new:
        return len(links)
    LinkUse.objects.filter(pk__in=[row.pk for row in gone]).delete()
    LinkUse.objects.bulk_create(
        [LinkUse(runbook=runbook, link_id=link, line=line, text=wanted[link, line]) for link, line in new],
        ignore_conflicts=True,
    )
    _tell(runbook, {row.link_id for row in gone} - set(links.values()), links.values(), now)
    return len(links)


@transaction.atomic
def forget_unused(now: dt.datetime) -> int:
    """Forget addresses that no text leads to any more and nobody asked for a month, and hosts without any; how many."""
    unused = ~Exists(LinkUse.objects.filter(link=OuterRef("pk")))
    old = Q(checked_at__lt=now - FORGOTTEN_AFTER) | Q(checked_at__isnull=True, next_check_at__lt=now - FORGOTTEN_AFTER)
    forgotten, _ = ExternalLink.objects.filter(unused, old).delete()
    idle = LinkHost.objects.filter(next_at__lt=now - FORGOTTEN_AFTER)
    idle.filter(~Exists(ExternalLink.objects.filter(host=OuterRef("pk")))).delete()
    return forgotten


def _find_uses(runbook: Runbook) -> list[Use]:
    """The links of the active text that lead out, in the order of their lines, each place once."""
    if runbook.kind == "template":
        return []
    found = runbook.versions.active().values_list("document__links", flat=True).first() or []
    uses: dict[tuple[str, int], Use] = {}
    for link, url in find_addresses(found, settings.PORTAL_URL):
        text = " ".join(str(link["text"]).split())[:300]
        uses.setdefault((url, link["line"]), Use(url, link["line"], text))
    return list(uses.values())[:MOST]


def _find_links(uses: Iterable[Use], now: dt.datetime) -> dict[str, int]:
    """The address of each use, by digest, made where it is new. In a fixed order, so that two texts never wait for each other."""
    wanted = {use.sha256: use.url for use in uses}
    known = dict(ExternalLink.objects.filter(sha256__in=wanted).values_list("sha256", "pk"))
    new = {sha256: wanted[sha256] for sha256 in sorted(wanted) if sha256 not in known}
    if not new:
        return known
    names = sorted({find_host(url) for url in new.values()})
    LinkHost.objects.bulk_create([LinkHost(name=name, next_at=now) for name in names], ignore_conflicts=True)
    hosts = dict(LinkHost.objects.filter(name__in=names).values_list("name", "pk"))
    ExternalLink.objects.bulk_create(
        [_make_link(url, sha256, hosts[find_host(url)], now) for sha256, url in new.items()], ignore_conflicts=True
    )
    return dict(ExternalLink.objects.filter(sha256__in=wanted).values_list("sha256", "pk"))


def _make_link(url: str, sha256: str, host: int, now: dt.datetime) -> ExternalLink:
    """An address that is not asked for says so from the beginning."""
    obstacle = find_obstacle(url, private=settings.LINK_PRIVATE_NETWORKS)
    state = ExternalLink.State.LEFT if obstacle else ExternalLink.State.UNKNOWN
    due = now + spread(LEFT_PAUSE, sha256) if obstacle else now
    return ExternalLink(host_id=host, url=url, sha256=sha256, state=state, said=obstacle, next_check_at=due)


def _tell(runbook: Runbook, gone: Iterable[int], here: Iterable[int], now: dt.datetime) -> None:
    """A dead link that left the text asks for nothing more; one that came in asks."""
    dead = ExternalLink.objects.filter(state=ExternalLink.State.DEAD)
    settle([key for link in dead.filter(pk__in=gone) for key in list_keys(link, [runbook.pk])], now)
    for link in dead.filter(pk__in=here):
        notice_dead(link, now, runbook.pk)

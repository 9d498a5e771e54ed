"""What the portal sees by itself before a version becomes active, and what a text has no need of."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings

from oncall.calling import CallList, who_would_be_called
from oncall.calling.nobody import make_nobody
from oncall.models import EscalationPath
from runbooks.link_addresses import digest, find_addresses, find_obstacle
from runbooks.models import ExternalLink, Gate, RunbookVersion
from runbooks.models.runbook import Kind
from runbooks.reading.credentials import find_credential_mentions

MOST_SAID = 4  # findings that are told; the rest is counted
WITHOUT_HANDS = (Kind.TEMPLATE, Kind.INCIDENT, Kind.MONITORING)  # kinds of text that often change nothing themselves


@dataclass(frozen=True, slots=True)
class GateReason:
    """A sentence, and where to look or mend, from the portal's root."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found at a gate, nobody's tick considered."""

    holds: bool = False
    is_needed: bool = True
    reasons: tuple[GateReason, ...] = ()


def check_links(version: RunbookVersion) -> Seen:
    """No broken link in the text, and no dead one among those that lead out, as far as they were asked."""
    broken = _say_findings(version, ("broken-anchor", "broken-link"))
    addresses = _find_addresses(version)
    states = dict(ExternalLink.objects.filter(sha256__in=addresses).values_list("sha256", "state"))
    dead = [url for sha256, url in addresses.items() if states.get(sha256) == ExternalLink.State.DEAD]
    unknown = [url for sha256, url in addresses.items() if _is_unknown(url, states.get(sha256))]
    bad = [*broken, *(GateReason(f"Nobody answers at {url[:120]}: correct the link.") for url in dead)]
    notes = []
    if unknown:
        many = "1 link that leads out was" if len(unknown) == 1 else f"{len(unknown)} links that lead out were"
        notes.append(GateReason(f"{many} not asked yet; that keeps nothing closed."))
    return Seen(not bad, bool(version.document.get("links")), (*_cut(bad), *notes))


def check_placeholders(version: RunbookVersion) -> Seen:
    found = list(_say_findings(version, ("unfilled-placeholder",)))
    return Seen(not found, reasons=_cut(found))


def check_escalation(version: RunbookVersion, now: dt.datetime) -> Seen:
    """Somebody who can be reached is called at this moment by the service's path; without one, the text's own ladder says who."""
    if version.runbook.kind == Kind.TEMPLATE:
        return Seen(is_needed=False, reasons=(GateReason("A template calls nobody."),))
    service = version.runbook.service
    if service.escalation_path_id is None:
        return _check_written_ladder(version)
    path = EscalationPath.objects.for_ladder().get(pk=service.escalation_path_id)
    calls = who_would_be_called(path, now, make_nobody(sees_personal=False))
    url = path.get_absolute_url()
    first = _first_reachable(calls)
    notes = [GateReason(problem.text, url) for problem in calls.serious]
    if not first:
        return Seen(False, reasons=(GateReason("At this moment the service’s path reaches nobody.", url), *_cut(notes)))
    return Seen(True, reasons=(GateReason(f"{first} would be called first at this moment.", url), *_cut(notes)))


def check_commands(version: RunbookVersion) -> Seen:
    """Needed where there is something to try."""
    count = sum(not command["is_drawing"] for command in version.document.get("commands", []))
    if not count:
        return Seen(is_needed=False, reasons=(GateReason("The text holds no commands."),))
    many = "1 command" if count == 1 else f"{count} commands"
    return Seen(reasons=(GateReason(f"Somebody tries the {many} of this text, and ticks this."),))


def check_rollback(version: RunbookVersion) -> Seen:
    if version.runbook.kind in WITHOUT_HANDS and not check_commands(version).is_needed:
        return Seen(is_needed=False, reasons=(GateReason("The text changes nothing that could be rolled back."),))
    return Seen(reasons=(GateReason("Somebody goes through the way back once, and ticks this."),))


def check_oncall(version: RunbookVersion) -> Seen:
    return Seen(reasons=(GateReason("Somebody of the team on call reads it, agrees, and ticks this."),))


def check_security(version: RunbookVersion) -> Seen:
    """Needed where the text mentions credentials."""
    mentions = find_credential_mentions(version.markdown)
    if not mentions:
        return Seen(is_needed=False, reasons=(GateReason("The text mentions no credentials."),))
    said = [GateReason(f"Line {one.line} mentions “{one.word}”.", _url_at(version, one.line)) for one in mentions]
    ask = GateReason("Somebody from security reads how credentials are dealt with, and ticks this.")
    return Seen(reasons=(ask, *_cut(said)))


def look_at(gate: Gate, version: RunbookVersion, now: dt.datetime) -> Seen:
    """What is found at one gate. Links cost one query, the escalation about fifteen, the others none."""
    if gate == Gate.ESCALATION:
        return check_escalation(version, now)
    checks = {
        Gate.LINKS: check_links,
        Gate.PLACEHOLDERS: check_placeholders,
        Gate.COMMANDS: check_commands,
        Gate.ROLLBACK: check_rollback,
        Gate.ONCALL: check_oncall,
        Gate.SECURITY: check_security,
    }
    return checks[gate](version)


def _check_written_ladder(version: RunbookVersion) -> Seen:
    ladders = version.document.get("escalations", [])
    levels = [level for ladder in ladders for level in ladder["levels"]]
    named = [level for level in levels if not level["missing"]]
    url = version.runbook.service.get_absolute_url()
    if named:
        said = f"The text’s own ladder calls {named[0]['contact'][:80]} first. The service has no escalation path to check."
        return Seen(True, reasons=(GateReason(said, url),))
    why = "the text’s ladder names nobody" if levels else "the text has no ladder of its own"
    return Seen(reasons=(GateReason(f"The service has no escalation path, and {why}: give it one.", url),))


def _first_reachable(calls: CallList) -> str:
    callees = (call.callee for _, call in calls.calls)
    return next((one.name for one in callees if one.is_somebody and one.is_reachable and not one.has_left), "")


def _say_findings(version: RunbookVersion, codes: tuple[str, ...]) -> Iterator[GateReason]:
    for finding in version.findings:
        if finding["code"] in codes:
            yield GateReason(f"Line {finding['line']}: {finding['message']}", _url_at(version, finding["line"]))


def _url_at(version: RunbookVersion, line: int) -> str:
    sections = version.document.get("sections", [])
    index = bisect_right(sections, line, key=lambda section: section["line"])
    anchor = f"#{quote(sections[index - 1]['anchor'])}" if index else ""
    return version.get_absolute_url() + anchor


def _find_addresses(version: RunbookVersion) -> dict[str, str]:
    """What leads out, by the digest under which its answers are kept."""
    links = find_addresses(version.document.get("links", []), settings.PORTAL_URL)
    return {digest(url): url for url in sorted({url for _, url in links})}


def _is_unknown(url: str, state: str | None) -> bool:
    """Whether it will be asked and was not yet; what is never asked (a placeholder, a private network) is no news."""
    if state is None:
        return not find_obstacle(url, private=settings.LINK_PRIVATE_NETWORKS)
    return state == ExternalLink.State.UNKNOWN


def _cut(reasons: Iterable[GateReason]) -> tuple[GateReason, ...]:
    given = list(reasons)
    if len(given) <= MOST_SAID + 1:
        return tuple(given)
    return (*given[:MOST_SAID], GateReason(f"And {len(given) - MOST_SAID} more of this kind."))

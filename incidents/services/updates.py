"""Updates: what others are told of an incident, written down as it was sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from accounts.errors import require
from accounts.models import User
from incidents.errors import BadTime, Refused, UnfilledGaps, WrongState
from incidents.filling import Known, add_words, fill_gaps, fill_line, fill_text, find_gaps, find_line_gaps
from incidents.models import OVER, Audience, EntryKind, Incident, IncidentUpdate, Status, UpdateKind, UpdateTemplate
from incidents.plain_words import to_plain
from incidents.services.changing import change_status
from incidents.services.locking import lock_incident
from incidents.services.timeline import record
from incidents.services.update_facts import gather_facts
from oncall.models import Channel, Kind
from oncall.outbox import notify
from runbooks.rendering import render_note
from runbooks.services.secrets import check_words

LONGEST_SUBJECT = 200
FARTHEST = dt.timedelta(days=31)


@dataclass(frozen=True)
class Composed:
    """A template filled with facts, and the brackets that somebody still has to fill."""

    subject: str
    markdown: str
    gaps: tuple[str, ...]


def compose(subject: str, markdown: str, facts: dict[str, Known], gaps: dict[str, str], words: str = "") -> Composed:
    """Fill a text for an update. `gaps` has what was typed for brackets, `words` what was typed beside the template."""
    text = fill_gaps(fill_text(add_words(markdown, words, facts), facts), gaps)
    line = fill_line(subject, facts)
    for gap in find_line_gaps(line):
        said = " ".join(gaps.get(gap, "").split())
        line = line.replace(f"[{gap}]", said) if said else line
    left = dict.fromkeys((*find_line_gaps(line), *find_gaps(text)))
    return Composed(line, text.strip(), tuple(left))


def fill_update(
    template: UpdateTemplate, incident: Incident, *, zone: str, now: dt.datetime, next_update_at: dt.datetime | None
) -> tuple[str, str]:
    """Subject and Markdown of a template with the incident's facts; `zone` is an IANA name. What is not known is a bracket."""
    facts = gather_facts(incident, zone=zone, now=now, next_update_at=next_update_at)
    composed = compose(template.subject, template.markdown, facts, {})
    return composed.subject, composed.markdown


@transaction.atomic
def send_update(
    incident: Incident,
    *,
    kind: str,
    audience: str,
    subject: str,
    markdown: str,
    channels: Iterable[Channel] = (),
    is_public: bool = True,
    new_status: str | None = None,
    status_seen: str | None = None,
    next_update_at: dt.datetime | None = None,
    user: User,
    now: dt.datetime,
) -> IncidentUpdate:
    """Send an update and keep it for ever: to the channels, on the status page (`is_public`), in the timeline.

    `status_seen` is the status the sender was shown; a `new_status` chosen from another one is refused, so that nobody
    reopens what somebody else has just resolved. `next_update_at` is promised to others; None promises nothing. Raises
    NotAllowed, Refused (text, brackets, credentials), BadTime, and WrongState.
    """
    require(user, "incidents.add_incidentupdate", "send updates")
    found = lock_incident(incident)
    subject, html = _check_text(subject, markdown)
    _check_choices(kind, audience)
    found = _bring_to_status(found, new_status, status_seen, user, now)
    due = _check_due(found, kind, next_update_at, now)
    chosen = list(dict.fromkeys(channels))
    reached = find_reached(chosen)
    update = IncidentUpdate.objects.create(
        incident=found,
        kind=kind,
        audience=audience,
        subject=subject,
        markdown=markdown,
        html=html,
        status=found.status,
        is_public=is_public,
        sent_by=user,
        sent_at=now,
        next_update_at=due,
        sent_to=[str(channel) for channel in reached],
    )
    update.channels.set(chosen)
    Incident.objects.filter(pk=found.pk).update(next_update_at=due)
    for channel in reached:
        _tell(update, channel, now)
    _record(update, user, now)
    return update


def find_reached(channels: Iterable[Channel]) -> list[Channel]:
    """Those that have an address in use; the others have to be told by hand."""
    chosen = list(channels)
    usable = set(
        Channel.objects.filter(pk__in=[channel.pk for channel in chosen], addresses__is_enabled=True).values_list(
            "pk", flat=True
        )
    )
    return [channel for channel in chosen if channel.pk in usable]


def _check_text(subject: str, markdown: str) -> tuple[str, str]:
    """The subject on one line, and the HTML of the text."""
    subject = " ".join(subject.replace("\0", "").split())
    if not subject or not markdown.strip():
        raise Refused("An update needs a subject and a text.")
    if len(subject) > LONGEST_SUBJECT:
        raise Refused(f"The subject is a line of at most {LONGEST_SUBJECT} characters.")
    gaps = dict.fromkeys((*find_line_gaps(subject), *find_gaps(markdown)))
    if gaps:
        raise UnfilledGaps(tuple(gaps))
    check_words(subject, "The subject")
    check_words(markdown, "The update")
    return subject, render_note(markdown)


def _check_choices(kind: str, audience: str) -> None:
    if kind not in UpdateKind.values or audience not in Audience.values:
        raise Refused("Choose what kind of update this is, and whom it is for.")


def _bring_to_status(
    incident: Incident, new_status: str | None, seen: str | None, user: User, now: dt.datetime
) -> Incident:
    if not new_status or new_status == incident.status:
        return incident
    if seen and seen != incident.status:
        raise WrongState(
            f"Somebody changed the status to {incident.get_status_display()} meanwhile. Nothing was sent: look again, "
            "then choose the status that is right."
        )
    return change_status(incident, new_status, user=user, now=now)


def _check_due(incident: Incident, kind: str, due: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    is_over = incident.status in OVER
    if kind == UpdateKind.RESOLVED and not is_over:
        raise WrongState(
            f"This says that it is resolved, but {incident.reference} is still {incident.get_status_display()}. Choose "
            f"{Status.RESOLVED.label} as the new status, or another kind of update."
        )
    if is_over or due is None:
        return None
    if due <= now:
        raise BadTime("The next update must be due in the future.")
    if due > now + FARTHEST:
        raise BadTime("The next update is too far away: choose a time within a month.")
    return due


def _tell(update: IncidentUpdate, channel: Channel, now: dt.datetime) -> None:
    """Customers can't log in, so theirs has no link; the others are led to where they may read more."""
    has_link = update.audience != Audience.CUSTOMERS
    is_engineers = update.audience == Audience.ENGINEERS
    page = update.incident.get_absolute_url() if is_engineers or not update.is_public else reverse("incidents:status")
    notify(
        key=f"update:{update.pk}:channel:{channel.pk}",
        kind=Kind.INCIDENT,
        to=channel,
        subject=update.subject,
        text=to_plain(update.html),
        now=now,
        url=page if has_link else "",
        action=("Open the incident" if is_engineers else "See the status") if has_link else "",
    )


def _record(update: IncidentUpdate, user: User, now: dt.datetime) -> None:
    places = [*update.sent_to, *(["the status page"] if update.is_public else [])]
    where = f" to {', '.join(places)}" if places else ", to nobody by itself"
    record(
        update.incident,
        EntryKind.UPDATE,
        f"sent an update for {update.get_audience_display().lower()}{where}: {update.subject}",
        now=now,
        person=user,
        url=f"{reverse('incidents:updates', args=[update.incident_id])}#update-{update.pk}",
        update=update.pk,
        kind=update.kind,
        audience=update.audience,
    )

"""Taking over into the directory whom a runbook names."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.errors import Refused
from accounts.models import Team, User
from oncall.models import Channel, Classification, Contact, Vendor, Way
from oncall.services.directory import WaySpec, lock_directory, save_channel, save_contact, save_vendor
from oncall.services.way_values import clean_value, is_mobile
from runbooks.models import Runbook
from runbooks.people_found import Named, load_directory, match, names_in
from runbooks.people_found.matching import entry_of
from runbooks.people_found.mentions import team_of

Row = Contact | Vendor | Channel
_LINE = re.compile(
    r"\b(?:rota|rotation|on.?call|desk|team|line|hotline|office|officer|support|duty|centre|center)\b", re.I
)
LABELS = {Way.Kind.PHONE: "Phone", Way.Kind.EMAIL: "E-mail", Way.Kind.WEB: "Web page", Way.Kind.CHAT: "Contact"}


@dataclass(slots=True)
class Adopted:
    """What came of it: rows that were made, and for each line that could not be taken over, why."""

    made: list[Row] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def adopt_named(runbook: Runbook, keys: Collection[str] | None, *, user: User, now: dt.datetime) -> Adopted:
    """Put the lines with these keys (None: all) of the text that is shown into the directory, values as written.

    What is there already is left as it is, so that doing it twice, or two people at once, makes nothing twice. Nobody
    confirmed these values, and the entries say so. Raises NotAllowed for those who may not add to the directory.
    """
    if runbook.shown_version is None:
        raise Refused("This runbook has no text yet.")
    lock_directory()
    adopted, directory, team = Adopted(), load_directory(), team_of(runbook)
    for named in names_in(runbook.shown_version.document):
        if keys is not None and named.key not in keys:
            continue
        if match(named, directory, team).entry is not None:
            continue
        try:
            with transaction.atomic():
                adopted.made.append(_make(named, runbook, user, now))
            directory.add(entry_of(named, team))
        except ValidationError as error:
            adopted.refused.append(f"{named.title}: {' '.join(error.messages)}")
    return adopted


def _make(named: Named, runbook: Runbook, user: User, now: dt.datetime) -> Row:
    team = runbook.service.team or runbook.team
    if named.what == "channel":
        facts: dict[str, Any] = {"purpose": named.role[:120], "channel": named.name[:200], "team": team}
        facts |= {"details": named.details[:300], "url": _page_or_nothing(named.url)}
        return save_channel(None, facts, user=user, now=now, confirms=False)
    ways, notes = _ways_of(named, is_confidential(runbook))
    if named.what == "vendor":
        facts = {"name": named.name[:120], "support_type": named.role[:120], "account_number": named.account[:120]}
        facts |= {"team": team, "notes": notes}
        return save_vendor(None, facts, ways, user=user, now=now, confirms=False)
    return save_contact(None, _contact_facts(named, team, notes), ways, user=user, now=now, confirms=False)


def _contact_facts(named: Named, team: Team | None, notes: str) -> dict[str, Any]:
    """A line that names nobody, or a rota, is a shared line. Whoever logs in with the mail address of a person is tied to it."""
    account = User.objects.filter(email__iexact=named.email, is_active=True, contact__isnull=True).first()
    facts: dict[str, Any] = {"name": named.title[:120], "team": team, "notes": notes}
    facts |= {"availability": named.availability[:200], "role": named.role[:120] if named.name else ""}
    if named.name and not _LINE.search(named.name):
        return facts | {"kind": Contact.Kind.PERSON, "user": account if named.email else None}
    return facts | {"kind": Contact.Kind.SHARED, "user": None}


def _ways_of(named: Named, is_secret: bool) -> tuple[list[WaySpec], str]:
    """The ways that can be used, and notes with all others as they were written: nothing is lost."""
    said = (
        (Way.Kind.PHONE, named.phone),
        (Way.Kind.EMAIL, named.email),
        (Way.Kind.CHAT, named.chat),
        (Way.Kind.WEB, named.url),
    )
    ways, notes = [], []
    for kind, text in said:
        if not text:
            continue
        try:
            value = clean_value(kind, text)
        except ValidationError:
            notes.append(f"{LABELS[kind]} as written: {text}")
            continue
        ways.append(WaySpec(kind, value[:300], "", is_secret or _is_private(named, kind, value)))
    if named.written:
        notes.append(f"Contact as written: {named.written}")
    return ways, "\n".join(notes)


def _is_private(named: Named, kind: str, value: str) -> bool:
    """A mobile number of a person may well be their own: only responders see it until somebody says otherwise."""
    return kind == Way.Kind.PHONE and named.what == "contact" and bool(named.name) and is_mobile(value)


def is_confidential(runbook: Runbook) -> bool:
    """Whether only its team may know the runbook: numbers out of it are taken over as personal ones."""
    return Classification.CONFIDENTIAL in (runbook.classification, runbook.service.classification)


def _page_or_nothing(url: str) -> str:
    try:
        return clean_value(Way.Kind.WEB, url) if url else ""
    except ValidationError:
        return ""

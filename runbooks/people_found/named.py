"""Whom a runbook names: out of the structure that the reader stored with a version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from runbooks.reading.reach import split_reach
from runbooks.reading.wording import given

What = Literal["contact", "vendor", "channel", "level", "owner"]
Structure = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Named:
    """One line of a runbook that names somebody. Values are as written; "" where nothing is said."""

    what: What
    name: str
    line: int
    section: str = ""
    role: str = ""  # of a vendor its type of support, of a channel its purpose
    phone: str = ""
    email: str = ""
    chat: str = ""
    url: str = ""
    written: str = ""  # a way to reach them that the reader could not tell apart
    availability: str = ""
    account: str = ""
    details: str = ""

    @property
    def title(self) -> str:
        """What to call it: the name, and where nobody is named, the role."""
        return self.name or self.role

    @property
    def key(self) -> str:
        """Stands for what is said, wherever in the text it stands: the same row has the same key after an edit elsewhere."""
        said = (
            self.what,
            self.name,
            self.role,
            self.phone,
            self.email,
            self.chat,
            self.url,
            self.written,
            self.account,
        )
        return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:20]

    @property
    def ways(self) -> list[str]:
        """Everything that says how to reach them."""
        return [way for way in (self.phone, self.email, self.chat, self.url, self.written) if way]


def names_in(document: Structure) -> tuple[Named, ...]:
    """What the tables name and the directory could hold, in the order of the text. Placeholders and gaps are left out."""
    found = [*_contacts(document), *_vendors(document), *_channels(document)]
    return tuple(sorted(found, key=lambda named: named.line))


def people_in(document: Structure) -> tuple[Named, ...]:
    """Everybody whom the text names: its contacts, the levels of its ladders, its owner."""
    found = [*_contacts(document), *_levels(document), *_owners(document)]
    return tuple(sorted(found, key=lambda named: named.line))


def _contacts(document: Structure) -> Iterator[Named]:
    for row in document.get("contacts", ()):
        name, role = given(row["name"]), given(row["role"])
        if row["missing"] or not (name or role):
            continue
        named = Named(
            "contact",
            name,
            row["line"],
            row["section"],
            role,
            phone=given(row["phone"]),
            email=given(row["email"]),
            chat=given(row["chat"]),
            url=given(row["url"]),
            written=given(row["contact"]),
            availability=given(row["availability"]),
        )
        if name or named.ways:
            yield named


def _vendors(document: Structure) -> Iterator[Named]:
    for row in document.get("vendors", ()):
        if not given(row["name"]):
            continue
        said = given(row["contact"])
        reach = split_reach(said)
        yield Named(
            "vendor",
            given(row["name"]),
            row["line"],
            row["section"],
            given(row["support_type"]),
            phone=reach.phone,
            email=reach.email,
            chat=reach.chat,
            url=reach.url,
            written=reach.rest,
            account=given(row["account"]),
        )


def _channels(document: Structure) -> Iterator[Named]:
    for row in document.get("channels", ()):
        channel, purpose = given(row["channel"]), given(row["purpose"])
        if channel and purpose:
            url = split_reach(f"{row['channel']} {row['details']}").url
            yield Named(
                "channel", channel, row["line"], row["section"], purpose, url=url, details=given(row["details"])
            )


def _levels(document: Structure) -> Iterator[Named]:
    for path in document.get("escalations", ()):
        for level in path["levels"]:
            reach = split_reach(given(level["contact"]))
            name = reach.rest.split(",")[0].strip()
            if not level["missing"] and (name or reach.is_found):
                yield Named(
                    "level",
                    name,
                    level["line"],
                    path["section"],
                    level["label"],
                    phone=reach.phone,
                    email=reach.email,
                    chat=reach.chat,
                )


def _owners(document: Structure) -> Iterator[Named]:
    for fact in document.get("facts", ()):
        if fact["name"] == "owner" and not fact["missing"] and given(fact["value"]):
            reach = split_reach(given(fact["value"]))
            yield Named("owner", reach.rest, fact["line"], role="Owner", email=reach.email, chat=reach.chat)

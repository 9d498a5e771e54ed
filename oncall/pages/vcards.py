"""Contacts as vCards, which telephones and mail programs take in (RFC 6350, version 4.0)."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Iterator

from accounts.models import User
from oncall.models import Contact, Way
from oncall.pages.directory import may_see_notes, zone_of

LONGEST_LINE = 75  # octets, the line break not counted (RFC 6350, 3.2)
_ESCAPES = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n"})
_TYPES = (("cell", ("mobile", "cell")), ("home", ("home", "private")), ("pager", ("pager",)), ("fax", ("fax",)))


def write_cards(contacts: Iterable[Contact], reader: User, root: str) -> bytes:
    """The contacts as one file, in UTF-8. Their `ways` are those that were fetched: what the reader may see.

    `root` is the portal's address (`https://portal.example`), which the cards point back to.
    """
    return b"".join(_write_card(contact, reader, root) for contact in contacts)


def _write_card(contact: Contact, reader: User, root: str) -> bytes:
    return b"".join(fold(f"{name}:{value}") for name, value in _properties(contact, reader, root))


def _properties(contact: Contact, reader: User, root: str) -> Iterator[tuple[str, str]]:
    page = f"{root}{contact.get_absolute_url()}"
    is_person = contact.kind == Contact.Kind.PERSON
    yield "BEGIN", "VCARD"
    yield "VERSION", "4.0"
    yield "PRODID", "-//Runbook portal//Directory//EN"
    yield "KIND", "individual" if is_person else "org"
    yield "UID", f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, page)}"
    yield "FN", escape(contact.name)
    if is_person:  # which part is the family's name nobody can tell from the outside, so it stays in one piece
        yield "N", f";{escape(contact.name)};;;"
    if contact.team:
        yield "ORG", escape(contact.team.name)
    if contact.role:
        yield "TITLE", escape(contact.role)
    ways = list(contact.ways.all())
    for way in ways:
        yield from _property_of(way)
    if zone_of(contact):
        yield "TZ", escape(zone_of(contact))
    note = _note_of(contact, ways, reader)
    if note:
        yield "NOTE", escape(note)
    yield "SOURCE", page
    yield "REV", f"{contact.updated_at:%Y%m%dT%H%M%SZ}"
    yield "END", "VCARD"


def _property_of(way: Way) -> Iterator[tuple[str, str]]:
    if way.kind == Way.Kind.PHONE:
        yield f"TEL;TYPE={_type_of(way)}", escape(way.value)
    elif way.kind == Way.Kind.EMAIL:
        yield f"EMAIL;TYPE={'home' if way.is_personal else 'work'}", escape(way.value)
    elif way.kind == Way.Kind.WEB:
        yield "URL", way.value.replace("\r", "").replace("\n", "")


def _type_of(way: Way) -> str:
    """What kind of telephone it is, as far as its label tells."""
    words = way.label.lower()
    found = next((name for name, said in _TYPES if any(word in words for word in said)), "")
    return found or ("home" if way.is_personal else "work")


def _note_of(contact: Contact, ways: Iterable[Way], reader: User) -> str:
    """What has no property of its own that telephones show."""
    lines = [f"{way.label or 'Chat'}: {way.value}" for way in ways if way.kind == Way.Kind.CHAT]
    lines += [f"Available: {contact.availability}"] if contact.availability else []
    lines += [f"Languages: {contact.language}"] if contact.language else []
    lines += [contact.notes] if contact.notes and may_see_notes(contact, reader) else []
    return "\n".join(lines)


def escape(text: str) -> str:
    """A text value: backslash, comma, semicolon and line break written as RFC 6350, 3.4 wants them."""
    kept = (c for c in text.replace("\r\n", "\n") if c in "\n\t" or unicodedata.category(c) != "Cc")
    return "".join(kept).translate(_ESCAPES)


def fold(line: str) -> bytes:
    """The line in UTF-8 with its CRLF, folded so that no line is longer than LONGEST_LINE octets and no letter is cut."""
    parts: list[bytes] = [b""]
    for letter in line:
        octets = letter.encode()
        if len(parts[-1]) + len(octets) > LONGEST_LINE:
            parts.append(b" ")
        parts[-1] += octets
    return b"\r\n".join(parts) + b"\r\n"

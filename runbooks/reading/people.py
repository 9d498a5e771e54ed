"""Whom to call: contacts, vendors and channels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbooks.reading.blocks import Block, Bold
from runbooks.reading.document import Channel, Contact, Vendor
from runbooks.reading.facts import canonical_name
from runbooks.reading.grid import Row, find_columns, first_header, names, read_rows
from runbooks.reading.page import Page
from runbooks.reading.reach import Reach, split_reach
from runbooks.reading.wording import given, is_placeholder, key, squeeze

_CONTACT = (
    names("role", "role|position|title|function|responsibility|contact role", "role"),
    names("name", "name|person|who|full name|contact name|primary|team member"),
    names("phone", "phone|phone number|telephone|mobile|cell|tel|pager", "phone"),
    names("email", "email|e mail|mail|email address", "email"),
    names("chat", "slack|chat|slack handle|handle|teams|slack channel", "slack|chat"),
    names(
        "contact",
        "contact|contact information|contact info|contact details|how to reach|contact method|reach",
        "contact",
    ),
    names("availability", "availability|hours|available|when|coverage|working hours", "availability|hours"),
)
_WAYS = ("contact", "phone", "email", "chat")
_VENDOR = (
    names("name", "vendor|vendor name|supplier|provider|third party"),
    names("support", "support type|support|support level|service|support plan|type", "support"),
    names("contact", "contact|contact information|support contact|phone|email|portal|how to reach", "contact"),
    names(
        "account",
        "account contract|account|contract|account number|contract number|account id|customer id",
        "account|contract",
    ),
)
_CHANNEL = (
    names("purpose", "purpose|use|used for|topic"),
    names("channel", "channel|channel name|slack channel|where", "channel"),
    names("details", "details|description|notes|link|audience|who"),
)
_VENDOR_TABLES = frozenset({"vendor", "vendor name", "supplier", "third party"})
_CONTACT_TITLE = re.compile(
    r"contacts?|key (?:personnel|people|contacts)|contact (?:information|info|details|list)|on call(?: contacts| team)?"
)
_CONTACT_WORDS = re.compile(
    r"(?:^| )(?:contacts?(?: information| info| details| list)?|key (?:personnel|people))$"
    r"|^contacts |^contact (?:persons?|points?|people)|^key personnel"
)
_CHANNEL_LABEL = re.compile(
    r"(?:(?:slack|teams|chat|discord|irc|incident|team|support|mattermost) )?channels?|slack|chat room|slack channels?"
)
# Facts that are people; any other fact's label is no role, also when it stands among the contacts.
_PEOPLE_FACTS = frozenset({"", "owner", "on_call", "author", "approved_by"})
_NOT_PEOPLE = frozenset(
    {"on call rotation", "on call schedule", "rotation", "note", "notes", "important", "warning"}
) | {
    *(
        "url",
        "link",
        "hours",
        "availability",
        "working hours",
        "office hours",
        "response time",
        "escalates to",
        "handles",
    ),
}
_RUNG = re.compile(r"(?:level|tier|l) ?\d{1,2}")  # of an escalation ladder
_LONGEST_ROLE = 60


def find_contacts(page: Page) -> tuple[Contact, ...]:
    """Contacts in the order of the text. A role nobody is named for, and that cannot be reached, is kept as missing."""
    found: list[Contact] = []
    for index, block in enumerate(page.blocks):
        if block.kind == "table":
            found.extend(_contacts_in_table(page, index, block))
        elif block.labels and _is_contact_list(page, index):
            found.extend(_contacts_in_lines(block))
    return tuple(found)


def find_vendors(page: Page) -> tuple[Vendor, ...]:
    """Rows of tables that start with `Vendor`."""
    found: list[Vendor] = []
    for _, block in page.tables:
        if first_header(block) not in _VENDOR_TABLES:
            continue
        columns = find_columns(block, _VENDOR)
        if "contact" not in columns and "support" not in columns:
            continue
        for row in read_rows(block, columns):
            if row.given("name"):
                found.append(_make_vendor(row, block))
            elif row.says_something:
                page.note(row.line, "A row of a table of vendors without the vendor's name.")
    return tuple(found)


def find_channels(page: Page) -> tuple[Channel, ...]:
    """Rows of tables with a purpose and a channel, and `**Slack Channel:** …` lines."""
    found: list[Channel] = []
    for block in page.blocks:
        if block.kind == "table":
            found.extend(_channels_in_table(block))
        elif block.kind in ("paragraph", "item"):
            found.extend(_channel_of_label(block, label) for label in block.labels if _is_channel(label))
    return tuple(found)


def _contacts_in_table(page: Page, index: int, block: Block) -> Iterator[Contact]:
    columns = find_columns(block, _CONTACT)
    ways = [name for name in _WAYS if name in columns]
    starts_with_person = min(columns.get("role", 99), columns.get("name", 99)) == 0
    if not starts_with_person or first_header(block) in _VENDOR_TABLES:
        return
    if not ways and not ("role" in columns and "name" in columns and _is_contact_list(page, index)):
        return
    if "role" not in columns and not _is_contact_list(page, index):
        return
    for row in read_rows(block, columns):
        if row.given("role") or row.given("name"):
            yield _contact_of_row(row, block)
        elif row.says_something:
            page.note(row.line, "A row of a table of contacts without a role or a name.")


def _contact_of_row(row: Row, block: Block) -> Contact:
    cell = row.cell("contact")
    way = split_reach(row.given("contact"), cell.url)
    named = split_reach(row.given("name"), row.cell("name").url)
    phone = row.given("phone") or way.phone or named.phone
    email = (
        split_reach(row.given("email"), row.cell("email").url).email or row.given("email") or way.email or named.email
    )
    written = row.given("contact") if not (way.email or way.phone) else ""
    return Contact(
        role=row.given("role"),
        name=named.rest or row.given("name"),
        section=block.section,
        line=row.line,
        contact=written,
        phone=phone,
        email=email,
        chat=row.given("chat") or way.chat or named.chat,
        url=way.url or named.url,
        availability=row.given("availability"),
        missing=not (row.given("name") or written or phone or email or row.given("chat") or way.is_found),
    )


def _is_contact_list(page: Page, index: int) -> bool:
    """Whether the block stands under a heading, or behind a lead-in, that announces people."""
    block = page.blocks[index]
    keys = page.keys_at(index)
    lead_in = key(block.lead_in) if block.lead_in else ""
    if lead_in and _CONTACT_WORDS.search(lead_in):
        return True
    return any(_CONTACT_TITLE.fullmatch(title) or _CONTACT_WORDS.search(title) for title in keys[:2])


def _contacts_in_lines(block: Block) -> Iterator[Contact]:
    if block.kind not in ("paragraph", "item") or block.depth > 1:
        return
    for label in block.labels:
        role = squeeze(label.label)
        words = key(role)
        if len(role) > _LONGEST_ROLE or is_placeholder(role) or words in _NOT_PEOPLE:
            continue
        if canonical_name(role) not in _PEOPLE_FACTS or _is_channel(label) or _RUNG.fullmatch(words):
            continue
        if not label.value and block.kind == "paragraph":
            continue  # a lead-in such as `**Key Personnel:**`
        contact = _contact_of_label(block, label, role)
        if contact.is_reachable or len(label.value.split()) <= 12:
            yield contact


def _contact_of_label(block: Block, label: Bold, role: str) -> Contact:
    reach = split_reach(given(label.value), label.url) if given(label.value) or label.url else Reach()
    return Contact(
        role=role,
        name=reach.rest,
        section=block.section,
        line=label.line,
        phone=reach.phone,
        email=reach.email,
        chat=reach.chat,
        url=reach.url,
        missing=not (reach.rest or reach.is_found),
    )


def _make_vendor(row: Row, block: Block) -> Vendor:
    return Vendor(
        name=row.given("name"),
        support_type=row.given("support"),
        contact=row.given("contact") or row.cell("contact").url,
        account=row.given("account"),
        section=block.section,
        line=row.line,
    )


def _channels_in_table(block: Block) -> Iterator[Channel]:
    columns = find_columns(block, _CHANNEL)
    if not {"purpose", "channel"} <= columns.keys():
        return
    for row in read_rows(block, columns):
        if row.given("purpose") or row.given("channel"):
            yield Channel(row.given("purpose"), row.given("channel"), row.given("details"), block.section, row.line)


def _is_channel(label: Bold) -> bool:
    """A channel's label with a channel's name behind it, or with nothing yet."""
    if not _CHANNEL_LABEL.fullmatch(key(label.label)):
        return False
    return is_placeholder(label.value) or len(label.value.split()) <= 8


def _channel_of_label(block: Block, label: Bold) -> Channel:
    return Channel(squeeze(label.label), given(label.value), "", block.section, label.line)

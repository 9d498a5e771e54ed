"""Entries of the directory for tests: Edda with a public and a personal number."""

from oncall.models import Contact, Way
from tests.factories import NOW

DESK, MOBILE, MAIL = "+44 20 7946 0150", "+44 7700 900150", "edda@skerry.example"


def make_contact(name="Edda Brekke", *, ways=((Way.Kind.PHONE, DESK), (Way.Kind.EMAIL, MAIL)), mobile="", **facts):
    """A contact with public ways, and a personal number when one is given."""
    contact = Contact.objects.create(name=name, **facts)
    for kind, value in ways:
        Way.objects.create(contact=contact, kind=kind, value=value, confirmed_at=NOW)
    if mobile:
        Way.objects.create(contact=contact, kind=Way.Kind.PHONE, value=mobile, label="Mobile", is_personal=True)
    return contact


def way_lines(*lines, **facts):
    """What the form of an entry sends: lines are (kind, value) or (kind, value, stored way)."""
    data = {"name": "Edda Brekke", "kind": "person", "ways": str(len(lines))} | facts
    for number, (kind, value, *rest) in enumerate(lines):
        data |= {f"way-{number}-kind": kind, f"way-{number}-value": value, f"way-{number}-label": ""}
        if rest:
            data[f"way-{number}-pk"] = str(rest[0].pk)
    return data

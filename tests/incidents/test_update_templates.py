"""Texts that updates begin with: shipped ones, facts put into them, and messages taken out of runbooks."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.roles import APPROVER, EDITOR, RESPONDER
from incidents.errors import NotAllowed, Refused
from incidents.filling import NAMES, find_gaps, names_in
from incidents.models import Audience, Incident, UpdateKind, UpdateTemplate
from incidents.services.roles import take_role
from incidents.services.update_facts import gather_facts, say_length, say_time
from incidents.services.update_templates import (
    add_update_template,
    adopt_template,
    change_update_template,
    delete_update_template,
    ensure_update_templates,
    find_adoptable,
)
from incidents.services.updates import compose, fill_update
from runbooks.rendering import render_note
from tests.factories import NOW, make_incident, make_published, make_service, make_user

pytestmark = pytest.mark.django_db
LISBON = "Europe/Lisbon"
MESSAGES = """\
# Ticket desk

## Incident Communication Templates

**Initial Notification**
```
[STATUS UPDATE - [SYSTEM NAME]]

Impact: [Description of user impact]
Status: Investigating
Start Time: [TIME]
Next Update: [TIME]

Boats at [PIER NUMBER] wait.
```

**Resolution Notification**
```
[RESOLVED - [SYSTEM NAME]]

Impact: [Description]
Start Time: [TIME]
End Time: [TIME]
Duration: [DURATION]

It works again. [Brief description of cause and fix].
```
"""


def fill(text: str, incident: Incident, **facts: object) -> str:
    known = gather_facts(incident, zone=LISBON, now=NOW, next_update_at=None, **facts)  # type: ignore[arg-type]
    return compose("Subject", text, known, {}, str(facts.get("changed", ""))).markdown


def test_a_new_portal_has_three_kinds_for_four_audiences():
    assert UpdateTemplate.objects.count() == len(UpdateKind) * len(Audience)
    UpdateTemplate.objects.exclude(name="Update").delete()
    ensure_update_templates()
    assert UpdateTemplate.objects.count() == 1


def test_shipped_texts_use_known_names_only():
    for template in UpdateTemplate.objects.all():
        used = template.markdown.count("{{")
        assert sum(template.markdown.count(f"{{{{ {name} }}}}") for name in NAMES) == used, template.name
        assert names_in(template.markdown, NAMES)


def test_a_first_message_says_what_a_message_must_say():
    incident = make_incident()
    Incident.objects.filter(pk=incident.pk).update(customer_impact="No tickets", summary="The desk is down.")
    incident.refresh_from_db()
    template = UpdateTemplate.objects.get(name="First message")
    subject, text = fill_update(template, incident, zone=LISBON, now=NOW, next_update_at=NOW + dt.timedelta(hours=1))
    assert subject == "Investigating: Tickets can't be sold"
    assert "**What people notice:** No tickets" in text
    assert "**Next update:** Tue 17 Nov 2026, 04:14 WET" in text
    assert "The desk is down." in text
    assert find_gaps(text) == ()


def test_what_is_not_known_becomes_a_bracket():
    assert fill("{{ impact }} until {{ ended }}", make_incident()) == "[what people notice] until [when it ended]"


def test_the_end_is_now_when_it_is_being_resolved():
    incident = make_incident(now=NOW - dt.timedelta(minutes=65))
    text = fill("{{ ended }}, {{ duration }}, {{ status }}", incident, status="resolved")
    assert text == "Tue 17 Nov 2026, 03:14 WET, 1 h 5 min, Resolved"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Lisbon", "Tue 17 Nov 2026, 03:14 WET"),
        ("Europe/Berlin", "Tue 17 Nov 2026, 04:14 CET (03:14 UTC)"),
        ("America/New_York", "Mon 16 Nov 2026, 22:14 EST (Tue 03:14 UTC)"),
        ("Asia/Dubai", "Tue 17 Nov 2026, 07:14 UTC+04 (03:14 UTC)"),
    ],
)
def test_times_carry_their_zone_and_utc(zone, said):
    assert say_time(NOW, zone) == said


def test_the_hour_that_comes_twice_can_be_told_apart():
    night = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    said = [say_time(night + dt.timedelta(hours=n), "Europe/Berlin") for n in range(2)]
    assert said == ["Sun 25 Oct 2026, 02:30 CEST (00:30 UTC)", "Sun 25 Oct 2026, 02:30 CET (01:30 UTC)"]


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "1 min"), (59, "59 min"), (60, "1 h"), (125, "2 h 5 min"), (1440 * 3 + 245, "3 days 4 h")]
)
def test_lengths_in_words(minutes, said):
    assert say_length(dt.timedelta(minutes=minutes)) == said


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[click](https://evil.example)",
        "![x](https://evil.example/x.png)",
        "{{ services }}",
        "a\n\n# Heading\n\n| a | b |\n|---|---|",
        "[what people notice]",
        "`code` **bold**",
    ],
)
def test_facts_are_text_wherever_they_land(hostile):
    incident = make_incident()
    Incident.objects.filter(pk=incident.pk).update(summary=hostile, customer_impact=hostile)
    incident.refresh_from_db()
    text = fill("{{ summary }}\n\n**Impact:** {{ impact }}", incident)
    html = render_note(text)
    for tag in ("<script", "<img", "<h4", "<h5", "<table", "<code", "click</a>"):
        assert tag not in html
    assert html.count("<strong>") == 1
    assert find_gaps(text) == ()


def test_a_name_of_a_confidential_service_does_not_come_in():
    secret = make_service("Vault", classification="confidential")
    assert fill("{{ services }}", make_incident("Down", make_service(), secret)) == "Ticket desk"
    assert fill("{{ services }}", make_incident("Down", secret)) == "[affected services]"


def test_words_of_the_sender_keep_their_markdown():
    assert fill("{{ changed }}\n\nEnd", make_incident(), changed="- **one**\n- two") == "- **one**\n- two\n\nEnd"


def test_words_of_the_sender_stand_for_a_summary_that_is_missing():
    assert fill("{{ summary }}", make_incident(), changed="It is *down*.") == "It is *down*."


def test_words_of_the_sender_never_get_lost():
    assert fill("Nothing here.", make_incident(), changed="It moved.") == "Nothing here.\n\nIt moved."


def test_what_was_typed_for_a_bracket_comes_in_as_text():
    known = gather_facts(make_incident(), zone=LISBON, now=NOW, next_update_at=None)
    gaps = {"what people notice": "No *tickets*\nat all", "PIER": "7"}
    composed = compose("{{ impact }} at [PIER]", "{{ impact }} at [PIER], `[PIER]`, [HALL]", known, gaps)
    assert composed.markdown == r"No \*tickets\* at all at 7, `[PIER]`, [HALL]"
    assert composed.subject == "No *tickets* at all at [PIER]"
    assert composed.gaps == ("HALL",)


def test_the_commander_is_named():
    incident, ben = make_incident(), make_user("ben", role=RESPONDER)
    take_role(incident, "commander", user=ben, now=NOW)
    assert fill("{{ commander }}", incident) == "Ben"


def test_a_message_of_a_runbook_becomes_a_template():
    found = find_adoptable(make_published(text=MESSAGES))
    assert [one.kind for one in found] == ["initial", "resolved"]
    assert found[0].subject == "STATUS UPDATE - {{ services }}"
    assert found[0].markdown == (
        "Impact: {{ impact }}\nStatus: {{ status }}\nStart Time: {{ started }}\nNext Update: {{ next_update }}\n\n"
        "Boats at [PIER NUMBER] wait."
    )
    assert "End Time: {{ ended }}\nDuration: {{ duration }}" in found[1].markdown
    assert "It works again. {{ resolution }}." in found[1].markdown


def test_it_is_adopted_once():
    runbook, editor = make_published(text=MESSAGES), make_user("ben", role=EDITOR)
    assert adopt_template(runbook, 0, user=editor).name == "Initial Notification (Ticket desk)"
    with pytest.raises(Refused, match="already"):
        adopt_template(runbook, 0, user=editor)
    with pytest.raises(Refused, match="no such message"):
        adopt_template(runbook, 9, user=editor)


def test_nothing_is_taken_out_of_a_confidential_runbook():
    runbook = make_published(text=MESSAGES, classification="confidential")
    with pytest.raises(Refused, match="Confidential"):
        adopt_template(runbook, 0, user=make_user("ben", role=EDITOR))


def test_an_editor_writes_templates_and_an_approver_deletes_them():
    editor, approver = make_user("ben", role=EDITOR), make_user("cy", role=APPROVER)
    values = {"name": "Ours", "kind": "update", "audience": "everybody", "subject": "S", "markdown": "Text"}
    template = add_update_template(user=editor, **values)
    changed = change_update_template(template, user=editor, **values | {"name": " Our  own "})
    assert changed.name == "Our own"
    with pytest.raises(NotAllowed):
        delete_update_template(changed, user=editor)
    delete_update_template(changed, user=approver)
    assert not UpdateTemplate.objects.filter(pk=changed.pk).exists()


def test_a_responder_may_not_write_templates():
    with pytest.raises(NotAllowed):
        add_update_template(user=make_user("ben", role=RESPONDER), name="Ours")


def test_a_template_holds_no_credential_and_has_a_name_of_its_own():
    editor = make_user("ben", role=EDITOR)
    values = {"name": "Update", "kind": "update", "audience": "everybody", "subject": "S", "markdown": "Text"}
    with pytest.raises(ValidationError):
        add_update_template(user=editor, **values)
    with pytest.raises(Refused, match="credential"):
        add_update_template(user=editor, **values | {"markdown": "AKIA" + "IOSFODNN7EXAMPLQ"})

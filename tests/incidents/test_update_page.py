"""The page on which an update is written, the list of what was sent, and the panel on the incident's page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import EDITOR, RESPONDER
from incidents.models import Incident, IncidentUpdate, UpdateTemplate
from incidents.pages.communication import describe_incident_updates
from tests.factories import NOW, make_incident, make_published, make_service, make_team, make_user
from tests.incidents.test_update_templates import MESSAGES
from tests.incidents.updates import HOUR, make_channel, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def words(**values: object) -> dict[str, object]:
    """A filled form."""
    return {
        "changed": "Half of the desks work.",
        "next_update": "30",
        "kind": "update",
        "audience": "everybody",
        "is_public": "on",
        "subject": "{{ status }}: {{ title }}",
        "markdown": "{{ changed }}\n\nNext: {{ next_update }}",
        "status_seen": "investigating",
        "send": "1",
    } | values


def test_the_page_begins_with_the_first_message_and_the_usual_interval(as_ben):
    incident = make_incident()
    page = as_ben.get(f"/incidents/{incident.pk}/update/")
    form = page.context["form"]
    assert form.initial["template"] == UpdateTemplate.objects.get(name="First message").pk
    assert form.initial["next_update"] == "60"
    assert b"1 h (04:14, usual for SEV-2)" in page.content
    assert b"[what people notice]" in page.content


def test_after_one_update_it_begins_with_the_next_for_the_same_people(as_ben, ben):
    incident = make_incident()
    channel = make_channel()
    send(incident, ben, audience="engineers", channels=[channel])
    form = as_ben.get(f"/incidents/{incident.pk}/update/").context["form"]
    assert form.initial["template"] == UpdateTemplate.objects.get(name="Update, to engineers").pk
    assert form.initial["channels"] == [channel.pk]
    assert form.fields["changed"].label == "What changed since 03:14"


def test_it_is_sent_filled_and_the_next_one_is_promised(as_ben):
    incident, channel = make_incident(), make_channel()
    sent = as_ben.post(f"/incidents/{incident.pk}/update/", words(channels=[channel.pk], new_status="identified"))
    assert sent.status_code == 302
    update = IncidentUpdate.objects.get()
    assert update.subject == "Identified: Tickets can't be sold"
    assert update.markdown == "Half of the desks work.\n\nNext: Tue 17 Nov 2026, 03:44 UTC"
    assert update.next_update_at == NOW + dt.timedelta(minutes=30)


def test_words_survive_a_refusal(as_ben):
    incident = make_incident()
    page = as_ben.post(f"/incidents/{incident.pk}/update/", words(markdown="{{ changed }} {{ impact }}"))
    assert page.status_code == 422
    assert b"Half of the desks work.</textarea>" in page.content
    assert b"[what people notice] is still to be filled in" in page.content
    assert not IncidentUpdate.objects.exists()


def test_brackets_are_filled_on_the_page(as_ben):
    incident = make_incident()
    data = words(markdown="{{ impact }} at [PIER]", gap=["what people notice", "PIER"], gap_words=["No tickets", "7"])
    as_ben.post(f"/incidents/{incident.pk}/update/", data)
    assert IncidentUpdate.objects.get().markdown == "No tickets at 7\n\nHalf of the desks work."


def test_an_own_time_is_by_the_senders_clock(as_user):
    cy = make_user("cy", role=RESPONDER, time_zone="Europe/Berlin")
    incident = make_incident()
    as_user(cy).post(f"/incidents/{incident.pk}/update/", words(next_update="own", own_time="2026-11-17T06:00"))
    assert IncidentUpdate.objects.get().next_update_at == dt.datetime(2026, 11, 17, 5, tzinfo=dt.UTC)


def test_an_own_time_must_be_said_and_lie_ahead(as_ben):
    incident = make_incident()
    path = f"/incidents/{incident.pk}/update/"
    assert b"Say when the next update will come." in as_ben.post(path, words(next_update="own")).content
    late = as_ben.post(path, words(next_update="own", own_time="2026-11-17T03:00"))
    assert b"must be due in the future" in late.content


def test_another_template_keeps_what_was_typed(as_ben):
    incident = make_incident()
    chosen = UpdateTemplate.objects.get(name="Update, to customers")
    page = as_ben.post(f"/incidents/{incident.pk}/update/", words(use="1", template=chosen.pk))
    assert page.status_code == 200
    assert page.context["form"]["changed"].value() == "Half of the desks work."
    assert page.context["form"]["markdown"].value() == chosen.markdown
    assert page.context["form"]["audience"].value() == "customers"
    assert not IncidentUpdate.objects.exists()


def test_a_preview_sends_nothing(as_ben):
    incident = make_incident()
    page = as_ben.post(f"/incidents/{incident.pk}/update/preview/", words())
    assert b"Half of the desks work." in page.content
    assert b"Next: Tue 17 Nov 2026, 03:44 UTC" in page.content
    assert not IncidentUpdate.objects.exists()


def test_a_preview_of_a_hostile_text_is_text(as_ben):
    incident = make_incident("<script>alert(1)</script>")
    page = as_ben.post(f"/incidents/{incident.pk}/update/preview/", words(changed="<img src=x onerror=alert(1)>"))
    assert b"<script>" not in page.content
    assert b"<img" not in page.content


def test_an_internal_note_goes_to_nobody(as_ben):
    incident, channel = make_incident(), make_channel()
    data = words(channels=[channel.pk], note="1") | {"send": ""}
    as_ben.post(f"/incidents/{incident.pk}/update/", data)
    assert incident.timeline.get(kind="note").markdown == "Half of the desks work."
    assert not IncidentUpdate.objects.exists()


def test_a_stranger_gets_404_and_a_reader_403(as_ada, as_ben):
    incident = make_incident()
    secret = make_incident("Leak", make_service("Vault", classification="confidential"))
    assert as_ada.get(f"/incidents/{incident.pk}/update/").status_code == 403
    assert as_ada.post(f"/incidents/{incident.pk}/update/preview/", words()).status_code == 403
    for name in ("update", "updates"):
        assert as_ben.get(f"/incidents/{secret.pk}/{name}/").status_code == 404
    assert as_ada.get(f"/incidents/{incident.pk}/updates/").status_code == 200


def test_channels_without_an_address_are_to_be_told_by_hand(as_ben):
    incident, silent = make_incident(), make_channel("Radio 12", mail="")
    page = as_ben.get(f"/incidents/{incident.pk}/update/")
    assert page.context["by_hand"] == [silent]
    assert as_ben.post(f"/incidents/{incident.pk}/update/", words(channels=[silent.pk])).status_code == 422


@pytest.mark.parametrize(
    "values", [{"template": "x"}, {"channels": ["x"]}, {"next_update": "-5"}, {"new_status": "lost"}, {"kind": "x"}]
)
def test_nonsense_in_the_form_is_refused(as_ben, values):
    incident = make_incident()
    assert as_ben.post(f"/incidents/{incident.pk}/update/", words(**values)).status_code == 422
    assert as_ben.post(f"/incidents/{incident.pk}/update/preview/", words(**values)).status_code == 200


@pytest.mark.parametrize(
    ("minutes", "state", "text"),
    [
        (-12, "overdue", "Overdue for 12 min, since 03:02 UTC"),
        (6, "soon", "Due in 6 min, at 03:20 UTC"),
        (60, "fresh", "Due in 1 h"),
    ],
)
def test_the_panel_says_when_the_next_update_is_due(ada, minutes, state, text):
    incident = make_incident()
    Incident.objects.filter(pk=incident.pk).update(next_update_at=NOW + dt.timedelta(minutes=minutes))
    incident.refresh_from_db()
    due = describe_incident_updates(incident, ada, NOW).due
    assert due is not None
    assert due.state == state
    assert due.text.startswith(text)


def test_the_panel_takes_one_query(ada, ben, django_assert_num_queries):
    incident = make_incident(team=make_team())
    for _ in range(5):
        send(incident, ben)
    incident = Incident.objects.select_related("team", "severity").get(pk=incident.pk)
    with django_assert_num_queries(1):
        panel = describe_incident_updates(incident, ada, NOW)
        assert [str(update.sent_by) for update in panel.updates] == ["Ben"] * 3
    assert panel.has_more


def test_the_list_takes_the_same_number_of_queries(as_ada, ben, django_assert_max_num_queries):
    incident = make_incident()
    for _ in range(20):
        send(incident, ben, channels=[])
    with django_assert_max_num_queries(4):
        page = as_ada.get(f"/incidents/{incident.pk}/updates/")
    assert page.content.count(b"<article") == 20


def test_templates_are_listed_changed_and_tried(as_user):
    editor = as_user(make_user("dee", role=EDITOR))
    template = UpdateTemplate.objects.get(name="Update")
    assert b"Update, to customers" in editor.get("/update-templates/").content
    path = f"/update-templates/{template.pk}/"
    data = {"name": "Update", "kind": "update", "audience": "everybody", "subject": "S", "markdown": "T"}
    assert editor.post(path, data).status_code == 302
    assert editor.post(path, data | {"name": "Resolved"}).status_code == 422
    assert editor.post("/update-templates/new/", data | {"name": "Ours"}).status_code == 302
    assert editor.post(f"{path}delete/").status_code == 403


def test_a_reader_sees_no_templates_and_a_responder_changes_none(as_ada, as_ben):
    pk = UpdateTemplate.objects.get(name="Update").pk
    assert as_ada.get("/update-templates/").status_code == 403
    assert as_ben.get("/update-templates/").status_code == 200
    assert as_ben.get(f"/update-templates/{pk}/").status_code == 403
    assert as_ben.get("/update-templates/adopt/").status_code == 403


def test_messages_of_a_runbook_are_shown_and_adopted(as_user):
    editor = as_user(make_user("dee", role=EDITOR))
    runbook = make_published(text=MESSAGES)
    secret = make_published("Vault", text=MESSAGES, service=make_service("Vault", classification="confidential"))
    page = editor.get(f"/update-templates/adopt/?runbook={runbook.pk}")
    assert b"STATUS UPDATE - {{ services }}" in page.content
    assert editor.get(f"/update-templates/adopt/?runbook={secret.pk}").status_code == 404
    assert editor.get("/update-templates/adopt/?runbook=x").status_code == 404
    assert editor.post("/update-templates/adopt/", {"runbook": runbook.pk, "number": "1"}).status_code == 302
    assert UpdateTemplate.objects.get(kind="resolved", name__startswith="Resolution Notification")


def test_an_incident_without_an_interval_promises_nothing_by_itself(as_ben):
    incident = make_incident(level="SEV-3")
    assert as_ben.get(f"/incidents/{incident.pk}/update/").context["form"].initial["next_update"] == "none"


def test_the_next_update_is_due_an_hour_after_the_last(ben):
    incident = make_incident()
    send(incident, ben)
    incident.refresh_from_db()
    assert incident.next_update_at == NOW + HOUR

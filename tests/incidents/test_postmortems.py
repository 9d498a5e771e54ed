"""Post-mortems: begun from the facts, reviewed, published, reopened; asked for and reminded of."""

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction

from accounts.roles import APPROVER, EDITOR, RESPONDER
from accounts.services import add_member
from incidents.errors import NotAllowed, Refused, WrongState
from incidents.models import EntryKind, Pin, PostMortem, Role, RoleHolder, TimelineEntry
from incidents.services.lessons import add_lesson, remove_lesson, tie_lesson
from incidents.services.postmortem_asking import ask_for, remind_of_postmortems
from incidents.services.postmortems import (
    find_gaps,
    publish_postmortem,
    reopen_postmortem,
    send_back_postmortem,
    start_postmortem,
    submit_postmortem,
)
from incidents.services.timeline import record
from oncall.models import Notification
from tests.factories import NOW, make_incident, make_published, make_service, make_team, make_user, reload_user
from tests.incidents.postmortems import HOUR, WRITTEN, make_postmortem, make_resolved
from tests.incidents.postmortems import make_published as make_published_postmortem

pytestmark = pytest.mark.django_db
LATER = NOW + HOUR * 3


@pytest.fixture
def ben():
    return make_user("ben", role=APPROVER)


def subjects():
    return list(Notification.objects.order_by("pk").values_list("person__display_name", "subject"))


def test_it_begins_with_the_facts_of_the_incident(ben):
    incident = make_resolved("No tickets", make_service("Ticket desk"), summary="The disk was full.")
    incident.customer_impact, incident.resolution = "Queues at the pier.", "We made room."
    incident.save()
    postmortem = start_postmortem(incident, user=ben, now=LATER)
    assert (postmortem.status, postmortem.owner) == ("draft", ben)
    assert postmortem.summary == "The disk was full."
    assert postmortem.impact == "Services: Ticket desk.\n\nCustomers: Queues at the pier."
    assert postmortem.resolution == "We made room."
    assert "- 03:14 An alert opened the incident as SEV-2" in postmortem.timeline


def test_its_timeline_has_pinned_notes_and_is_told_by_the_clock_of_the_team(ben):
    team = make_team("Platform")
    team.time_zone = "Asia/Kolkata"
    team.save()
    incident = make_resolved("No tickets", team=team)
    for words, pinned in (("Disk at **99 %**", True), ("Coffee", False)):
        entry = TimelineEntry.objects.create(
            incident=incident,
            kind=EntryKind.NOTE,
            happened_at=NOW + HOUR,
            recorded_at=NOW + HOUR,
            person=ben,
            text="added a note",
            markdown=words,
        )
        if pinned:
            Pin.objects.create(entry=entry, by=ben, at=NOW)
    text = start_postmortem(incident, user=ben, now=LATER).timeline
    assert text.startswith("Times in Asia/Kolkata.\n\n**Tuesday 17 November 2026**\n\n- 08:44 ")
    assert "- 09:44 Ben: Disk at **99 %**" in text
    assert "Coffee" not in text


def test_a_corrected_entry_stands_as_corrected(ben):
    incident = make_resolved()
    opened = incident.timeline.get(kind="opened")
    TimelineEntry.objects.create(
        incident=incident,
        kind=EntryKind.CORRECTION,
        corrects=opened,
        happened_at=NOW,
        recorded_at=NOW,
        person=ben,
        markdown="It was SEV-1.",
    )
    text = start_postmortem(incident, user=ben, now=LATER).timeline
    assert "It was SEV-1." in text
    assert "An alert opened" not in text


def test_hostile_sentences_of_the_timeline_become_plain_words(ben):
    incident = make_resolved()
    record(incident, EntryKind.PAGE, "paged <script>alert(1)</script> [x](javascript:1)", now=NOW)
    text = start_postmortem(incident, user=ben, now=LATER).timeline
    assert "\\<script>" in text
    assert "\\[x\\](javascript:1)" in text


def test_there_is_one_for_an_incident(ben):
    incident = make_resolved()
    first = start_postmortem(incident, user=ben, now=LATER)
    assert start_postmortem(incident, user=make_user(role=RESPONDER), now=LATER) == first
    assert PostMortem.objects.count() == 1


def test_none_begins_while_the_incident_goes_on(ben):
    with pytest.raises(WrongState, match="still going on"):
        start_postmortem(make_incident(), user=ben, now=LATER)


def test_a_reader_can_t_begin_one(ada):
    with pytest.raises(NotAllowed):
        start_postmortem(make_resolved(), user=ada, now=LATER)


def test_what_is_missing_is_listed_the_needed_parts_first(ben):
    gaps = find_gaps(make_postmortem(ben, summary="It broke."), 0)
    assert [gap.field for gap in gaps if gap.is_needed] == ["impact", "root_cause", "resolution"]
    assert gaps[-1].field == "actions"


def test_review_needs_the_needed_parts(ben):
    with pytest.raises(Refused, match=r"Still missing: .*root cause"):
        submit_postmortem(make_postmortem(ben), user=ben, now=LATER)


def test_its_way_is_draft_review_published_and_stands_in_the_timeline(ben):
    postmortem = make_published_postmortem(ben)
    assert (postmortem.status, postmortem.published_by) == ("published", ben)
    told = postmortem.incident.timeline.filter(kind="facts").order_by("pk").values_list("text", flat=True)
    assert list(told) == ["began the post-mortem", "gave the post-mortem to review", "published the post-mortem"]


def test_only_who_may_publish_publishes(ben):
    postmortem = submit_postmortem(make_postmortem(ben, **WRITTEN), user=ben, now=LATER)
    with pytest.raises(NotAllowed):
        publish_postmortem(postmortem, user=make_user(role=EDITOR), now=LATER)


def test_a_draft_can_t_be_published(ben):
    with pytest.raises(WrongState):
        publish_postmortem(make_postmortem(ben, **WRITTEN), user=ben, now=LATER)


def test_the_team_s_lead_is_told_of_the_review(ben):
    cy = make_user("cy")
    team = make_team("Harbour")
    add_member(team, cy, is_lead=True)
    postmortem = make_postmortem(ben, make_resolved(team=team), **WRITTEN)
    submit_postmortem(postmortem, user=ben, now=LATER)
    assert subjects() == [("Cy", f"INC-{postmortem.incident_id}: the post-mortem is ready for review")]


def test_sent_back_its_owner_hears_what_is_to_be_changed(ben):
    ada = make_user(role=RESPONDER)
    postmortem = submit_postmortem(make_postmortem(ada, **WRITTEN), user=ada, now=LATER)
    send_back_postmortem(postmortem, "Why was the disk full?", user=ben, now=LATER)
    postmortem.refresh_from_db()
    assert postmortem.status == "draft"
    assert "Why was the disk full?" in Notification.objects.get(person=ada).text


def test_the_owner_may_take_it_back_without_being_an_approver():
    ada = make_user(role=RESPONDER)
    postmortem = submit_postmortem(make_postmortem(ada, **WRITTEN), user=ada, now=LATER)
    assert send_back_postmortem(postmortem, "A slip", user=ada, now=LATER).status == "draft"


def test_reopening_needs_a_reason_and_the_timeline_tells_it(ben):
    postmortem = make_published_postmortem(ben)
    with pytest.raises(Refused, match="Say why"):
        reopen_postmortem(postmortem, "  ", user=ben, now=LATER)
    assert reopen_postmortem(postmortem, "Wrong numbers", user=ben, now=LATER).published_at is None
    assert postmortem.incident.timeline.filter(text="reopened the post-mortem: Wrong numbers").exists()


def test_who_had_a_role_is_told_when_it_is_published(ben):
    ada = make_user(role=RESPONDER)
    incident = make_resolved()
    RoleHolder.objects.create(incident=incident, role=Role.SCRIBE, person=ada, taken_at=NOW)
    make_published_postmortem(ben, incident)
    assert subjects() == [("Ada", f"INC-{incident.pk}: the post-mortem is published")]


def test_it_can_t_be_deleted(ben):
    postmortem = make_postmortem(ben)
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        PostMortem.objects.filter(pk=postmortem.pk)._raw_delete("default")


def test_the_commander_is_asked_once_when_the_incident_is_resolved():
    ada = make_user(role=RESPONDER)
    incident = make_resolved()
    RoleHolder.objects.create(incident=incident, role=Role.COMMANDER, person=ada, taken_at=NOW, ended_at=LATER)
    assert ask_for(incident, now=LATER)
    assert not ask_for(incident, now=LATER)
    assert subjects() == [("Ada", f"INC-{incident.pk}: a post-mortem is due")]
    assert "Thursday 19 November, 05:14 (UTC)" in Notification.objects.get().text


def test_without_a_commander_the_team_is_asked():
    incident = make_resolved(team=make_team("Harbour", make_user("cy")))
    assert ask_for(incident, now=LATER)
    assert subjects()[0][0] == "Cy"


def test_a_team_is_not_told_of_another_team_s_confidential_incident():
    secret = make_service("Vault", classification="confidential", team=make_team("Crown"))
    incident = make_resolved("No tickets", secret, team=make_team("Harbour", make_user("cy")))
    assert not ask_for(incident, now=LATER)
    assert subjects() == []


def test_sev_3_is_not_asked_for():
    incident = make_resolved(level="SEV-3", team=make_team("Harbour", make_user("cy")))
    assert not ask_for(incident, now=LATER)
    assert remind_of_postmortems(LATER) == 0


def test_reminders_come_a_day_before_and_when_it_is_overdue_once_each():
    incident = make_resolved(hours=0, team=make_team("Harbour", make_user("cy")))
    for hours in (0, 1, 23, 24, 30, 47, 48, 50, 200):
        remind_of_postmortems(NOW + HOUR * hours)
    assert [subject.partition(": ")[2] for _, subject in subjects()] == [
        "a post-mortem is due",
        "the post-mortem is due within a day",
        "the post-mortem is overdue",
    ]
    assert incident.is_open is False


def test_the_hours_are_a_setting(settings):
    settings.POSTMORTEM_HOURS = 12
    make_resolved(hours=0, team=make_team("Harbour", make_user("cy")))
    for hours in (0, 11, 12):
        remind_of_postmortems(NOW + HOUR * hours)
    assert [subject.partition(": ")[2] for _, subject in subjects()] == [
        "a post-mortem is due",
        "the post-mortem is overdue",
    ]


def test_begun_the_reminder_goes_to_its_owner_and_in_review_there_is_none(ben):
    incident = make_resolved(hours=0, team=make_team("Harbour", make_user("cy")))
    postmortem = make_postmortem(ben, incident, **WRITTEN)
    remind_of_postmortems(NOW + HOUR * 30)
    assert subjects() == [("Ben", f"INC-{incident.pk}: the post-mortem is due within a day")]
    submit_postmortem(postmortem, user=ben, now=NOW + HOUR * 31)
    assert remind_of_postmortems(NOW + HOUR * 60) == 0


def test_what_was_resolved_long_ago_is_not_asked_for():
    make_resolved(team=make_team("Harbour", make_user("cy")))
    assert remind_of_postmortems(NOW + dt.timedelta(days=40)) == 0


def test_a_lesson_is_tied_to_a_runbook_and_its_version():
    editor = make_user("editor", role=EDITOR)
    runbook = make_published()
    lesson = add_lesson(make_postmortem(editor), "Say how to make room", runbook, user=editor)
    assert tie_lesson(lesson, runbook.shown_version, user=editor).version.number == "1.0"
    remove_lesson(lesson, user=editor)
    assert not runbook.lessons.exists()


def test_a_version_of_another_runbook_is_refused():
    editor = make_user("editor", role=EDITOR)
    one, other = make_published(), make_published("Tide watch")
    lesson = add_lesson(make_postmortem(editor), "Say how", one, user=editor)
    with pytest.raises(Refused, match="another runbook"):
        tie_lesson(lesson, other.shown_version, user=editor)


def test_a_lesson_can_t_be_tied_to_a_runbook_that_one_may_not_know():
    editor = make_user("editor", role=EDITOR)
    secret = make_published(classification="confidential", owner=make_user("cy"))
    with pytest.raises(Refused, match="no such runbook"):
        add_lesson(make_postmortem(reload_user(editor)), "Say how", secret, user=reload_user(editor))

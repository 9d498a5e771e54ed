"""Flags: saying that a place is wrong, being told, answering."""

import pytest

from accounts.roles import EDITOR, READER
from accounts.services import add_member
from oncall.models import Notification
from runbooks.errors import NotAllowed, Refused, WrongStatus
from runbooks.models import Flag
from runbooks.services.flags import answer_flag, answer_flags, raise_flag
from tests.factories import NOW, make_published, make_service, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def runbook(owner):
    return make_published(owner=owner)


def flag(runbook, user, text="The deployment has another name", **fields):
    return raise_flag(runbook, version=runbook.shown_version, text=text, user=user, now=NOW, **fields)


def test_the_owner_is_told_with_a_link(runbook, owner, ada):
    raised = flag(runbook, ada, step="Restart the desk", suggestion="Restart desk-api")
    told = Notification.objects.get()
    assert (told.person, told.kind, told.url) == (owner, "review", f"/flags/{raised.pk}/")
    assert "Restart the desk" in told.text and "Restart desk-api" in told.text


def test_without_an_owner_the_team_is_told(ada):
    cy = make_user("cy")
    team = make_team("Harbour", cy)
    flag(make_published(service=make_service(team=team)), ada)
    assert [told.person for told in Notification.objects.all()] == [cy]


def test_when_the_owner_has_left_the_team_is_told(runbook, owner, ada):
    cy = make_user("cy")
    runbook.team = make_team("Harbour", cy)
    runbook.save()
    owner.is_active = False
    owner.save()
    flag(runbook, ada)
    assert [told.person for told in Notification.objects.all()] == [cy]


def test_owners_are_not_told_of_their_own_flags(runbook, owner):
    flag(runbook, owner)
    assert not Notification.objects.exists()


def test_nobody_to_tell_is_no_error(ada):
    assert flag(make_published(), ada).is_open


def test_the_same_words_twice_are_one_flag(runbook, ada):
    assert flag(runbook, ada).pk == flag(runbook, ada, text="The  deployment has another name").pk
    assert Notification.objects.count() == 1


def test_the_same_words_of_somebody_else_are_another_flag(runbook, ada):
    flag(runbook, ada)
    flag(runbook, make_user("cy"))
    assert Flag.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"text": " \n "}, "what is wrong"),
        ({"text": "a" * 1001}, "1000"),
        ({"text": "no\0name"}, "NUL"),
        ({"suggestion": "x" * 5001}, "5000"),
        ({"text": "Use postgres://desk:" + "hunter2secret9@db.example/desk"}, "credential"),
    ],
)
def test_what_can_t_be_kept_is_refused(runbook, ada, fields, reason):
    with pytest.raises(Refused, match=reason):
        flag(runbook, ada, **fields)
    assert not Flag.objects.exists()


def test_somebody_without_a_role_is_refused(runbook, ada):
    ada.groups.clear()
    ada.role_permissions = []
    with pytest.raises(NotAllowed):
        flag(runbook, ada)


def test_answering_tells_whoever_raised_it(runbook, owner, ada):
    raised = flag(runbook, ada)
    answer_flag(raised, "changed", "Thank you", version=runbook.shown_version, user=owner, now=NOW)
    told = Notification.objects.get(person=ada)
    assert "in version 1.0" in told.text and "Thank you" in told.text
    raised.refresh_from_db()
    assert (raised.answer, raised.answered_by, raised.answered_in) == ("changed", owner, runbook.shown_version)


def test_that_it_is_right_needs_a_reason(runbook, owner, ada):
    raised = flag(runbook, ada)
    with pytest.raises(Refused, match="why"):
        answer_flag(raised, "right", " ", user=owner, now=NOW)
    assert answer_flag(raised, "right", "It is an alias", user=owner, now=NOW).answered_in is None


@pytest.mark.parametrize("answer", ["waiting", "", "other"])
def test_other_answers_are_refused(runbook, owner, ada, answer):
    with pytest.raises(Refused):
        answer_flag(flag(runbook, ada), answer, "x", user=owner, now=NOW)


def test_a_second_answer_is_refused(runbook, owner, ada):
    raised = flag(runbook, ada)
    answer_flag(raised, "changed", user=owner, now=NOW)
    with pytest.raises(WrongStatus, match="Ben answered this before"):
        answer_flag(raised, "right", "No", user=owner, now=NOW)


def test_readers_may_not_answer(runbook, ada):
    with pytest.raises(NotAllowed):
        answer_flag(flag(runbook, ada), "changed", user=ada, now=NOW)


def test_a_version_of_another_runbook_answers_nothing(runbook, owner, ada):
    other = make_published("Lamp", service=make_service("Lamp"))
    with pytest.raises(Refused, match="another runbook"):
        answer_flag(flag(runbook, ada), "changed", version=other.shown_version, user=owner, now=NOW)


def test_several_are_answered_by_one_version(runbook, owner, ada):
    first, second, third = (flag(runbook, ada, text=text) for text in ("one", "two", "three"))
    answer_flag(third, "right", "It is so", user=owner, now=NOW)
    assert answer_flags(runbook.shown_version, [first.pk, third.pk], user=owner, now=NOW) == 1
    assert list(Flag.objects.open()) == [second]


def test_flags_of_a_confidential_runbook_are_for_those_who_may_know_of_it(owner, ada):
    secret = make_published(owner=owner, classification="confidential")
    flag(secret, owner)
    assert not Flag.objects.visible_to(ada).exists()
    assert Flag.objects.visible_to(owner).exists()


def test_whose_flags_they_are(owner, ada):
    team = make_team()
    flag(make_published(service=make_service(team=team)), ada)
    flag(make_published("Lamp", service=make_service("Lamp"), owner=owner), ada)
    cy = make_user("cy", role=READER)
    add_member(team, cy)
    cy = reload_user(cy)
    assert Flag.objects.of_teams_of(cy).count() == Flag.objects.of_teams_of(owner).count() == 1
    assert not Flag.objects.of_teams_of(ada).exists()

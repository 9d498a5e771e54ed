"""What people and channels are told when a handoff is opened, submitted, returned and accepted."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from handoffs.models import Handoff
from handoffs.sections import Entry, Filled
from handoffs.services import contract
from handoffs.services.messages import say_sections, tell_accepted, tell_opened, tell_submitted
from oncall.models import Classification, Kind, Notification
from tests.factories import NOW, make_handoff, make_user
from tests.handoffs.papers import accept, add_incident, make_channel, make_paper, submit

pytestmark = pytest.mark.django_db
SECRET = Classification.CONFIDENTIAL


def told(word):
    """Whom that was told, by name, with what."""
    rows = Notification.objects.filter(key__contains=f":{word}", kind=Kind.HANDOFF)
    return {"#harbour" if row.channel_id else row.to: row for row in rows}


def test_both_people_and_the_backup_hear_of_a_new_handoff():
    handoff = make_paper(backup=make_user("cy", role=RESPONDER))
    tell_opened(handoff, NOW)
    rows = told("opened")
    assert set(rows) == {"Ada", "Ben", "Cy"}
    assert "Write down what Ben needs to know" in rows["Ada"].text
    assert "Ada is writing it" in rows["Ben"].text
    assert "You are the backup" in rows["Cy"].text
    assert all(row.url == handoff.get_absolute_url() for row in rows.values())


def test_the_window_stands_in_the_recipients_zone_and_in_utc():
    tell_opened(make_paper(), NOW)
    text = told("opened")["Ben"].text
    assert "Your shift: Mon 16 Nov, 23:14 – Mon 23 Nov 2026, 23:14 (America/New_York)" in text
    assert "Tue 17 Nov, 04:14 – Tue 24 Nov 2026, 04:14 (UTC)" in text


def test_over_the_change_of_clocks_each_end_is_on_its_own_clock():
    tell_opened(make_paper(changes_at=dt.datetime(2026, 10, 31, 5, tzinfo=dt.UTC)), NOW)
    text = told("opened")["Ben"].text
    assert "Sat 31 Oct, 01:00 – Sat 7 Nov 2026, 00:00 (America/New_York)" in text


def test_telling_twice_sends_once_and_a_new_person_is_told_alone():
    handoff = make_paper()
    tell_opened(handoff, NOW)
    handoff.incoming = make_user("cy", role=RESPONDER)
    tell_opened(handoff, NOW)
    assert set(told("opened")) == {"Ada", "Ben", "Cy"}
    assert Notification.objects.filter(key__contains=":opened").count() == 3


def test_whoever_goes_on_is_told_once():
    ada = make_user("ada", role=RESPONDER)
    handoff = make_handoff(ada, ada)
    tell_opened(handoff, NOW)
    assert "You go on" in told("opened")["Ada"].text


def test_an_example_tells_nobody():
    handoff = make_paper(is_example=True)
    Notification.objects.all().delete()
    tell_opened(handoff, NOW)
    tell_submitted(handoff, NOW)
    tell_accepted(handoff, NOW)
    assert not Notification.objects.exists()


def test_a_submitted_one_is_told_to_the_incoming_person_the_backup_and_the_channel():
    handoff = make_paper(
        backup=make_user("cy", role=RESPONDER), summary="A calm week.", urgent="Renew the\n\ncertificate"
    )
    make_channel(handoff.team)
    add_incident(handoff)
    submit(handoff)
    rows = told("submitted")
    assert set(rows) == {"Ben", "Cy", "#harbour"}
    text = rows["Ben"].text
    assert "Read it and accept it" in text
    assert "Ada stays responsible" in text
    assert "In one breath: A calm week." in text
    assert "What cannot wait: Renew the\ncertificate" in text
    assert "Open incidents: 1 (SEV-2 Tickets can't be sold)" in text
    assert "Read it and accept it" not in rows["#harbour"].text
    assert "(Europe/Lisbon)" in rows["#harbour"].text


def test_a_channel_gets_no_title_of_a_confidential_entry():
    handoff = make_paper()
    make_channel(handoff.team)
    add_incident(handoff, "Vault is open", classification=SECRET, name="Vault")
    submit(handoff)
    rows = told("submitted")
    assert "Vault" not in rows["#harbour"].text
    assert "Open incidents: 1 (1 entry is Confidential)" in rows["#harbour"].text
    assert "Vault is open" in rows["Ben"].text


def test_the_second_round_is_told_again_and_a_return_says_why():
    handoff = submit(make_paper())
    contract.give_back(handoff, "What about the pier?", number=1, user=handoff.incoming, now=NOW)
    assert set(told("returned")) == {"Ada"}
    assert "Ben says: What about the pier?" in told("returned")["Ada"].text
    submit(Handoff.objects.get(pk=handoff.pk))
    assert Notification.objects.filter(key__contains=":submitted:", person=handoff.incoming).count() == 2


def test_an_acceptance_is_told_to_both_and_to_the_channel():
    handoff = make_paper()
    make_channel(handoff.team)
    accept(submit(handoff))
    rows = told("accepted")
    assert set(rows) == {"Ada", "Ben", "#harbour"}
    assert "Ben accepted it on Tue 17 Nov 2026, 03:14 (Europe/Lisbon)" in rows["Ada"].text


def test_what_is_long_is_cut_and_what_is_many_is_counted():
    entries = tuple(Entry(key=f"incident:{n}", title=f"Title {n}", tag="SEV-3") for n in range(9))
    said = say_sections([Filled("open-incidents", "Open incidents", "", True, entries)], may_see_secret=True)
    assert said == "Open incidents: 9 (SEV-3 Title 0; SEV-3 Title 1; SEV-3 Title 2; 6 more)"


def test_what_is_only_for_information_takes_no_line():
    levels = Filled("levels", "Who is called", "", False, (Entry(key="level:1", title="Ada"),))
    assert "Who is called" not in say_sections([levels], may_see_secret=True)


def test_a_section_with_nothing_in_it_takes_no_line():
    assert (
        say_sections([Filled("runs", "Runs", "", True, ())], may_see_secret=True) == "Nothing to report in any section."
    )

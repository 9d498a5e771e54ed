"""Two at once: whoever comes second sees what the first one did."""

import threading
from collections import Counter

import pytest
from django.db import connection, transaction

from accounts.roles import RESPONDER
from incidents.errors import WrongState
from incidents.models import CalledLevel
from incidents.services.escalating import acknowledge, call_next_now, sweep
from incidents.services.locking import lock_incident
from incidents.services.opening import NewIncident, open_incident
from tests.factories import NOW, get_severity, make_service, make_user
from tests.incidents.ladders import MINUTE, make_ladder, open_ladder, pages, running

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + 15 * MINUTE


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


def at_once(*deeds):
    """Do them in threads of their own that start together; what each gave or raised."""
    start, found = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place, deed):
        start.wait()
        try:
            found[place] = deed()
        except Exception as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def in_thread(deed):
    """Do it in another thread, in a connection of its own."""
    return at_once(deed)[0]


def test_a_sweep_passes_by_an_incident_that_somebody_is_answering(ada, ben):
    incident = open_ladder([ada], [ben])
    with transaction.atomic():
        lock_incident(incident)
        assert in_thread(lambda: sweep(LATER)) == 0
        acknowledge(incident, user=ben, now=LATER)
    assert sweep(LATER) == 0
    assert pages() == ["Ada"]


@pytest.mark.parametrize("round_", range(5))
def test_no_page_is_written_behind_an_answer(ada, ben, round_):
    incident = open_ladder([ada], [ben])
    at_once(lambda: sweep(LATER), lambda: acknowledge(incident, user=ben, now=LATER))
    assert running(incident).state == "acknowledged"
    kinds = [
        text.split()[0] for text in incident.timeline.filter(kind="page").order_by("pk").values_list("text", flat=True)
    ]
    assert kinds in (["Paged", "acknowledged"], ["Paged", "Paged", "acknowledged"])
    assert sweep(LATER + 60 * MINUTE) == 0


def test_two_sweeps_at_once_call_each_level_once(ada, ben):
    path = make_ladder([ada], [ben])
    desk = make_service(escalation_path=path)
    for number in range(12):
        open_incident(NewIncident(f"No {number}", get_severity(), (desk,)), user=None, now=NOW)
    handled = at_once(lambda: sweep(LATER), lambda: sweep(LATER), lambda: sweep(LATER))
    assert sum(handled) == 12
    assert Counter(CalledLevel.objects.values_list("level", flat=True)) == {0: 12, 1: 12}
    assert Counter(pages()) == {"Ada": 12, "Ben": 12}


def test_of_two_who_answer_at_once_one_is_told_who_was_faster(ada, ben):
    incident = open_ladder([ada], [ben])
    found = at_once(
        lambda: acknowledge(incident, user=ada, now=LATER), lambda: acknowledge(incident, user=ben, now=LATER)
    )
    assert [type(one) for one in found].count(WrongState) == 1
    assert incident.timeline.filter(text__startswith="acknowledged").count() == 1
    assert incident.role_holders.count() <= 1


def test_a_hand_and_a_sweep_call_a_level_once(ada, ben):
    incident = open_ladder([ada], [ben], [ada])
    at_once(lambda: sweep(LATER), lambda: call_next_now(incident, user=ben, now=LATER))
    levels = list(CalledLevel.objects.filter(escalation__incident=incident).values_list("level", flat=True))
    assert levels in ([0, 1], [0, 1, 2])
    assert len(pages()) == len(levels)


def test_one_that_can_t_go_on_does_not_hold_up_the_others(ada, ben):
    broken = open_ladder([ada], [ben])
    desk = tuple(broken.services.select_related("escalation_path"))
    fine = open_incident(NewIncident("Another", get_severity(), desk), user=None, now=NOW + MINUTE)
    CalledLevel.objects.create(
        escalation=running(broken), level=1, label="L2", due_at=NOW, called_at=NOW
    )  # a row that nobody expects: calling the level is refused by the database
    assert sweep(LATER + MINUTE) == 1
    assert [len(running(one).called_levels.all()) for one in (broken, fine)] == [2, 2]

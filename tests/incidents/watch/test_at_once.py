"""Two people, or two workers, at the same moment: one closes, one is told so; one reminder."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from accounts.roles import RESPONDER
from incidents.errors import WrongState
from incidents.services.watch import close_item
from incidents.services.watch_reminding import remind_of_ends
from oncall.models import Notification
from tests.factories import NOW, make_team, make_user
from tests.incidents.watch.items import DAY, light_one

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds):
    together = Barrier(len(deeds))

    def run(deed):
        together.wait(timeout=10)
        try:
            return deed()
        except WrongState as refusal:
            return str(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return [future.result(timeout=30) for future in [threads.submit(run, deed) for deed in deeds]]


def test_of_two_who_close_one_is_told_that_the_other_did():
    people = [make_user(name, role=RESPONDER) for name in ("ada", "ben")]
    item = light_one(people[0], make_team("Harbour", *people))
    found = at_once(*(lambda one=one: close_item(item, user=one, now=NOW) for one in people))
    refusals = [one for one in found if isinstance(one, str)]
    assert len(refusals) == 1
    item.refresh_from_db()
    assert refusals[0].startswith(f"{item.closed_by} closed it")


def test_of_four_sweeps_one_tells():
    ada = make_user(role=RESPONDER)
    light_one(ada, make_team("Harbour", ada))
    found = at_once(*[lambda: remind_of_ends(NOW + DAY)] * 4)
    assert sum(found) == 1
    assert Notification.objects.filter(key__startswith="watch-").count() == 1

"""Two clicks at the same moment, in two windows."""

import threading

import pytest
from django.db import connection

from oncall.errors import LastAddress, WrongState
from oncall.models import Address, Delivery, ReachTest
from oncall.services.addresses import switch_address
from oncall.services.reach import confirm_test, send_test
from tests.factories import NOW, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(transactional_db):
    return make_user("ada")


def make_address(ada, target="ada@pier.example"):
    return Address.objects.create(person=ada, transport="email", target=target)


def run_together(*steps):
    """What came of each: its result, or the refusal it met."""
    together, results = threading.Barrier(len(steps)), []

    def run(step):
        try:
            together.wait(timeout=10)
            results.append(step())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def test_of_two_addresses_switched_off_at_once_one_stays(ada):
    first, second = make_address(ada), make_address(ada, "ada@quay.example")
    results = run_together(
        lambda: switch_address(first, on=False, user=ada),
        lambda: switch_address(second, on=False, user=ada),
    )
    assert sum(isinstance(result, LastAddress) for result in results) == 1
    assert ada.addresses.usable().count() == 1


def test_two_clicks_send_one_test(ada):
    address = make_address(ada)
    results = run_together(*[lambda: send_test(address, user=ada, now=NOW)] * 2)
    assert sum(isinstance(result, WrongState) for result in results) == 1
    assert ReachTest.objects.count() == Delivery.objects.count() == 1


def test_two_answers_are_one(ada):
    test = send_test(make_address(ada), user=ada, now=NOW)
    results = run_together(*[lambda: confirm_test(test.token, user=ada, now=NOW)] * 2)
    assert [result.answered_at for result in results] == [NOW, NOW]

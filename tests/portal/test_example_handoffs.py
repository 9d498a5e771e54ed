"""The example's handoffs: one signed by two, one being written, and nothing of them left when the example goes."""

import pytest

from handoffs.models import Handoff, Policy, Signature, State
from incidents.models import WatchItem
from oncall.models import Notification, ReachTest
from portal.example.loading import load_example
from portal.example.removing import remove_example
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_one_is_signed_by_both_and_none_opens_by_itself():
    load_example(NOW)
    handoff = Handoff.objects.get(state=State.ACCEPTED)
    assert handoff.is_example and handoff.snapshots.get().is_intact
    assert set(handoff.signatures.values_list("side", flat=True)) == set(Signature.Side.values)
    assert set(Policy.objects.values_list("is_automatic", flat=True)) == {False}
    assert not Notification.objects.exists() and not ReachTest.objects.exists()  # nobody is told


def test_loading_twice_adds_nothing_and_all_of_it_goes_with_the_example():
    load_example(NOW)
    before = Handoff.objects.count(), WatchItem.objects.count()
    load_example(NOW)
    assert (Handoff.objects.count(), WatchItem.objects.count()) == before == (2, 2)
    assert remove_example().kept == []
    assert not Handoff.objects.exists() and not WatchItem.objects.exists() and not Policy.objects.exists()

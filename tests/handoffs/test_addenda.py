"""What is added below a handoff that both have signed."""

import pytest

from accounts.roles import RESPONDER
from handoffs.errors import NotAllowed, Refused, WrongState
from handoffs.models import Addendum
from handoffs.services.contract import add_addendum
from oncall.models import Notification
from tests.factories import make_user
from tests.handoffs.contracts import LATER, accept_all, make_submitted, make_two, reload

pytestmark = pytest.mark.django_db


def test_an_addendum_stands_below_and_what_was_signed_stays():
    handoff = accept_all(make_submitted())
    digest = handoff.snapshots.get().sha256
    added = add_addendum(handoff, "The *ticket* is NP-1.", user=handoff.outgoing, now=LATER)
    assert "<em>ticket</em>" in added.html
    assert handoff.snapshots.get().compute_digest() == digest
    told = Notification.objects.get(key__contains=f":addendum:{added.pk}:")
    assert told.person == handoff.incoming


@pytest.mark.parametrize("make", [make_two, make_submitted])
def test_before_both_have_signed_there_is_no_addendum(make):
    handoff = make()
    with pytest.raises(WrongState, match="below a handoff that both have signed"):
        add_addendum(handoff, "More", user=handoff.outgoing, now=LATER)


@pytest.mark.parametrize("text", ["", "  ", "x" * 20_001, "ü" * 15_000, "no\0ne", "password=hunter2hunter2"])
def test_words_that_can_not_stay_are_refused(text):
    handoff = accept_all(make_submitted())
    with pytest.raises(Refused):
        add_addendum(handoff, text, user=handoff.outgoing, now=LATER)


def test_hostile_markdown_is_harmless():
    handoff = accept_all(make_submitted())
    html = add_addendum(handoff, "<script>x</script>[a](javascript:x)", user=handoff.outgoing, now=LATER).html
    assert "<script" not in html
    assert 'href="javascript' not in html


def test_people_of_other_teams_write_none():
    handoff = accept_all(make_submitted())
    with pytest.raises(NotAllowed):
        add_addendum(handoff, "More", user=make_user("cy", role=RESPONDER), now=LATER)


def test_the_page_adds_one_and_keeps_refused_words(as_user):
    handoff = accept_all(make_submitted())
    client, here = as_user(handoff.incoming), f"/handoffs/{handoff.pk}/addenda/"
    refused = client.post(here, {"addendum": "Use password=hunter2hunter2 there"})
    assert refused.status_code == 422
    assert "Use password=hunter2hunter2 there" in refused.content.decode()
    assert client.post(here, {"addendum": "Use the vault"})["Location"] == f"/handoffs/{handoff.pk}/#addenda"
    assert Addendum.objects.get(handoff=reload(handoff)).markdown == "Use the vault"

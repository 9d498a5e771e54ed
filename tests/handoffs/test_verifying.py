"""A changed byte in what is stored is found, and the page says who signed which digest."""

import hashlib

import pgtrigger
import pytest

from accounts.roles import ADMINISTRATOR, READER
from handoffs.models import Signature
from handoffs.services.contract import check_snapshots, give_back
from oncall.models import Classification
from tests.factories import make_user
from tests.handoffs.contracts import LATER, accept_all, add_incident, make_submitted, make_two, submit_again

pytestmark = pytest.mark.django_db


def tamper(handoff, **fields):
    """What somebody with the database in their hands could do."""
    with pgtrigger.ignore("handoffs.Snapshot:is_final", "handoffs.Snapshot:frozen"):
        handoff.snapshots.update(**fields)


def read(as_user, handoff, user=None):
    return as_user(user or handoff.incoming).get(f"/handoffs/{handoff.pk}/verify/").content.decode()


def test_what_was_signed_is_intact(as_user):
    handoff = accept_all(make_submitted())
    (check,) = check_snapshots(handoff)
    assert check.is_intact
    assert [line.matches for line in check.lines] == [True, True]
    page = read(as_user, handoff)
    assert "Intact." in page
    assert check.grouped in page


def test_a_changed_byte_is_found_and_both_digests_are_shown(as_user):
    handoff = accept_all(make_submitted())
    signed = handoff.snapshots.get().sha256
    changed = handoff.snapshots.get().content.replace("Ada", "Adb", 1)
    tamper(handoff, content=changed)
    (check,) = check_snapshots(handoff)
    assert not check.is_intact
    assert check.computed == hashlib.sha256(changed.encode()).hexdigest() != signed
    page = read(as_user, handoff)
    assert "Does not match." in page
    assert check.grouped in page
    assert check.stored_grouped in page
    assert "Ada signed <b" in page
    assert "Ben signed <b" in page


def test_a_digest_changed_along_with_the_content_is_found_by_the_signatures(as_user):
    handoff = accept_all(make_submitted())
    changed = handoff.snapshots.get().content + " "
    tamper(handoff, content=changed, sha256=hashlib.sha256(changed.encode()).hexdigest())
    (check,) = check_snapshots(handoff)
    assert not check.is_intact
    assert "Does not match." in read(as_user, handoff)


def test_every_round_is_looked_at(as_user):
    handoff = make_submitted()
    give_back(handoff, "More", number=1, user=handoff.incoming, now=LATER)
    handoff = submit_again(handoff, LATER)
    with pgtrigger.ignore("handoffs.Snapshot:is_final", "handoffs.Snapshot:frozen"):
        handoff.snapshots.filter(number=1).update(content="{}")
    assert [check.is_intact for check in check_snapshots(handoff)] == [False, True]
    assert "Does not match." in read(as_user, handoff)


def test_a_forged_signature_is_found():
    handoff = accept_all(make_submitted())
    with pgtrigger.ignore("handoffs.Signature:is_final"):
        Signature.objects.filter(side="incoming").update(sha256="0" * 64)
    (check,) = check_snapshots(handoff)
    assert [line.matches for line in check.lines] == [True, False]


def test_before_it_is_submitted_there_is_nothing_to_compare(as_user):
    assert "Nothing was submitted yet" in read(as_user, make_two())


def test_readers_may_verify_and_the_number_of_queries_does_not_grow(as_user, django_assert_max_num_queries):
    handoff = accept_all(make_submitted(*(f"Incident {number}" for number in range(12))))
    client = as_user(make_user("cy", role=READER))
    with django_assert_max_num_queries(8):
        assert client.get(f"/handoffs/{handoff.pk}/verify/").status_code == 200


def test_the_signed_bytes_are_given_as_they_are(as_user):
    handoff = accept_all(make_submitted())
    response = as_user(handoff.incoming).get(f"/handoffs/{handoff.pk}/snapshots/1/")
    assert hashlib.sha256(response.content).hexdigest() == handoff.snapshots.get().sha256
    assert "attachment" in response["Content-Disposition"]
    for number in (2, 99999):
        assert as_user(handoff.incoming).get(f"/handoffs/{handoff.pk}/snapshots/{number}/").status_code == 404


def test_bytes_with_confidential_entries_are_for_those_who_may_see_them(as_user):
    handoff = make_two()
    add_incident(handoff, "Vault").services.update(classification=Classification.CONFIDENTIAL)
    handoff = submit_again(handoff)
    address = f"/handoffs/{handoff.pk}/snapshots/1/"
    refused = as_user(make_user("cy", role=READER)).get(address)
    assert refused.status_code == 403
    assert "Vault" not in refused.content.decode()
    assert "Vault" not in read(as_user, handoff, make_user("dee", role=READER))
    assert as_user(make_user("root", role=ADMINISTRATOR)).get(address).status_code == 200


def test_the_page_and_the_json_say_that_it_was_changed(as_user):
    handoff = accept_all(make_submitted("Tickets"))
    client = as_user(handoff.incoming)
    assert "Does not match" not in client.get(f"/handoffs/{handoff.pk}/").content.decode()
    assert client.get(f"/handoffs/{handoff.pk}/handoff.json").json()["snapshots"][0]["is_intact"] is True
    tamper(handoff, content=handoff.snapshots.get().content.replace("Tickets", "Tockets"))
    assert "Does not match" in client.get(f"/handoffs/{handoff.pk}/").content.decode()
    assert client.get(f"/handoffs/{handoff.pk}/handoff.json").json()["snapshots"][0]["is_intact"] is False


def test_what_can_not_be_read_any_more_is_a_page_all_the_same(as_user):
    handoff = accept_all(make_submitted())
    tamper(handoff, content="{")
    response = as_user(handoff.incoming).get(f"/handoffs/{handoff.pk}/")
    assert response.status_code == 200
    assert "Does not match" in response.content.decode()

"""What a runbook is, apart from its words: changed by one service, with the same rules wherever it is asked."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.roles import EDITOR, READER
from oncall.models import Classification
from runbooks.errors import NotAllowed, Refused, WrongStatus
from runbooks.models import FormerAddress, Runbook, SearchEntry
from runbooks.services import change_runbook
from tests.factories import NOW, make_active, make_published, make_service, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dee(db):
    return make_user("dee", role=EDITOR)


def test_a_reader_changes_nothing(dee):
    runbook = make_published()
    with pytest.raises(NotAllowed, match="You may not edit runbooks"):
        change_runbook(runbook, user=make_user("eve", role=READER), now=NOW, title="Mine")
    assert Runbook.objects.get().title == "Ticket desk"


def test_only_what_is_named_is_written(dee):
    runbook = make_published()
    Runbook.objects.update(kind="procedure")
    assert change_runbook(runbook, user=dee, now=NOW, title="  Ticket office ").title == "Ticket office"
    assert Runbook.objects.values_list("title", "kind").get() == ("Ticket office", "procedure")


def test_pages_that_show_it_are_made_again(dee):
    runbook = make_published()
    before = runbook.updated_at
    assert change_runbook(runbook, user=dee, now=NOW, review_days=30).updated_at > before


def test_what_is_no_detail_is_a_mistake_of_the_caller(dee):
    with pytest.raises(TypeError, match="retired_at"):
        change_runbook(make_published(), user=dee, now=NOW, retired_at=NOW)


def test_a_move_to_another_service_keeps_the_old_address_and_is_found_there(dee):
    runbook = make_active().runbook
    change_runbook(runbook, user=dee, now=NOW, service=make_service("Ferry pier"))
    former = FormerAddress.objects.get()
    assert (former.service.slug, former.slug) == ("ticket-desk", "ticket-desk")
    assert SearchEntry.objects.filter(runbook=runbook, kind="runbook").exists()


def test_a_service_that_the_person_may_not_know_of_does_not_exist(dee):
    secret = make_service("Vault", classification=Classification.CONFIDENTIAL, team=make_team("Keepers"))
    with pytest.raises(ValidationError, match="There is no such service"):
        change_runbook(make_published(), user=dee, now=NOW, service=secret)


def test_nobody_hides_a_runbook_from_themselves_and_an_owner_may_make_it_confidential(dee):
    runbook = make_published()
    with pytest.raises(Refused, match="would not see this runbook any more"):
        change_runbook(runbook, user=dee, now=NOW, classification=Classification.CONFIDENTIAL)
    assert Runbook.objects.get().classification == Classification.INTERNAL
    change_runbook(runbook, user=dee, now=NOW, classification=Classification.CONFIDENTIAL, owner=dee)
    assert Runbook.objects.get().classification == Classification.CONFIDENTIAL


@pytest.mark.parametrize("slug", ["new", "edit", "versions", "Kein Slug", ""])
def test_an_address_that_cannot_be_one_is_refused(dee, slug):
    with pytest.raises(ValidationError):
        change_runbook(make_published(), user=dee, now=NOW, slug=slug)


def test_a_review_is_not_in_the_future_and_the_next_one_comes_after_it(dee):
    runbook = make_published()
    today = NOW.date()
    with pytest.raises(ValidationError, match="in the future"):
        change_runbook(runbook, user=dee, now=NOW, last_reviewed_on=today + dt.timedelta(days=1))
    with pytest.raises(ValidationError, match="comes after the last one"):
        change_runbook(runbook, user=dee, now=NOW, last_reviewed_on=today, next_review_on=today)
    change_runbook(runbook, user=dee, now=NOW, last_reviewed_on=today, next_review_on=today + dt.timedelta(days=1))


def test_a_retired_runbook_has_no_reviews(dee):
    runbook = make_published(retired_at=NOW)
    with pytest.raises(WrongStatus, match="is retired"):
        change_runbook(runbook, user=dee, now=NOW, next_review_on=dt.date(2027, 1, 1))


def test_a_runbook_that_went_away_meanwhile_is_not_made_again(dee):
    runbook = make_published()
    gone = Runbook(pk=runbook.pk + 1, service=runbook.service, title="Gone", slug="gone")
    with pytest.raises(Runbook.DoesNotExist):
        change_runbook(gone, user=dee, now=NOW, title="Back")


def test_an_address_that_old_links_still_use_is_refused(dee):
    moved = make_published()
    change_runbook(moved, user=dee, now=NOW, slug="ticket-office")
    with pytest.raises(ValidationError, match="Old links still use this address"):
        change_runbook(make_published("Pier gates"), user=dee, now=NOW, slug="ticket-desk")
    assert change_runbook(moved, user=dee, now=NOW, slug="ticket-desk").slug == "ticket-desk"

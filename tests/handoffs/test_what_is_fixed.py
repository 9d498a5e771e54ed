"""What was submitted and signed can't be changed or deleted, whoever asks the database."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.roles import RESPONDER
from handoffs.models import Addendum, EntryNote, Handoff, Question, Signature, Snapshot, State, Tick
from tests.factories import NOW, make_handoff, make_rotation, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def handoff():
    return make_handoff(make_user("ada", role=RESPONDER), make_user("ben", role=RESPONDER))


def submit(handoff):
    snapshot = Snapshot(handoff=handoff, number=1, content="{}", made_at=NOW, made_by=handoff.outgoing)
    snapshot.sha256 = snapshot.compute_digest()
    snapshot.save()
    Handoff.objects.filter(pk=handoff.pk).update(state=State.SUBMITTED, round=1, submitted_at=NOW)
    return snapshot


def accept(handoff):
    Handoff.objects.filter(pk=handoff.pk).update(state=State.ACCEPTED, accepted_at=NOW)


def refuses(change):
    with pytest.raises(DatabaseError), transaction.atomic():
        change()


def test_a_new_handoff_has_the_default_checklist(handoff):
    assert next(tick.text for tick in handoff.ticks.all()) == "Review open incidents"
    assert handoff.ticks.count() == 5


def test_each_change_of_a_tick_counts_the_revision_up(handoff):
    before = Handoff.objects.get(pk=handoff.pk).revision
    Tick.objects.filter(handoff=handoff, position=1).update(done_by=handoff.outgoing, done_at=NOW)
    assert Handoff.objects.get(pk=handoff.pk).revision == before + 1


def test_while_it_is_submitted_words_and_ticks_are_fixed_and_questions_are_not(handoff):
    submit(handoff)
    refuses(lambda: Handoff.objects.filter(pk=handoff.pk).update(summary="Otherwise"))
    refuses(lambda: Tick.objects.filter(handoff=handoff).update(note="later"))
    refuses(lambda: handoff.ticks.all().delete())
    refuses(lambda: EntryNote.objects.create(handoff=handoff, entry="incident:1", by=handoff.outgoing, at=NOW))
    assert Question.objects.create(handoff=handoff, text="Why?", asked_by=handoff.incoming, asked_at=NOW).pk


def test_a_returned_one_can_be_written_again(handoff):
    submit(handoff)
    Handoff.objects.filter(pk=handoff.pk).update(state=State.RETURNED)
    assert Handoff.objects.filter(pk=handoff.pk).update(summary="Otherwise") == 1
    assert handoff.ticks.update(note="later") == 5


def test_a_signed_one_stays_as_it_is(handoff):
    snapshot = submit(handoff)
    signature = Signature.objects.create(
        handoff=handoff, snapshot=snapshot, side="outgoing", person=handoff.outgoing, name="Ada", statement="I hand over",
        sha256=snapshot.sha256, at=NOW,
    )  # fmt: skip
    accept(handoff)
    for change in (
        lambda: Handoff.objects.filter(pk=handoff.pk).update(summary="Otherwise"),
        lambda: Handoff.objects.filter(pk=handoff.pk).update(state=State.DRAFT, accepted_at=None),
        lambda: Handoff.objects.filter(pk=handoff.pk).delete(),
        lambda: Snapshot.objects.filter(pk=snapshot.pk).update(content="{ }"),
        lambda: Signature.objects.filter(pk=signature.pk).delete(),
        lambda: Question.objects.create(handoff=handoff, text="Why?", asked_by=handoff.incoming, asked_at=NOW),
    ):
        refuses(change)


def test_an_addendum_stands_below_a_signed_one_and_nowhere_else(handoff):
    words = {"markdown": "More", "html": "<p>More</p>", "by": handoff.outgoing, "at": NOW}
    refuses(lambda: Addendum.objects.create(handoff=handoff, **words))
    submit(handoff)
    accept(handoff)
    added = Addendum.objects.create(handoff=handoff, **words)
    refuses(lambda: Addendum.objects.filter(pk=added.pk).update(markdown="Less"))


def test_a_changed_byte_in_a_snapshot_shows(handoff):
    snapshot = submit(handoff)
    assert snapshot.is_intact
    snapshot.content = "{} "
    assert not snapshot.is_intact


def test_there_is_one_handoff_for_a_change_of_shift():
    ada, ben = make_user("ada", role=RESPONDER), make_user("ben", role=RESPONDER)
    rotation = make_rotation(make_team("Pier", ada, ben), ada, ben)
    make_handoff(ada, ben, rotation=rotation)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_handoff(ada, ben, rotation=rotation)

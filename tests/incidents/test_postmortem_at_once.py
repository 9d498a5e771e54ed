"""Two people write one post-mortem at once: nothing of either is lost."""

import threading

import pytest
from django.db import connection

from accounts.roles import APPROVER, RESPONDER
from incidents.errors import NotAllowed, Refused, WrongState
from incidents.models import PostMortem
from incidents.services.postmortems import Clash, base_of, save_postmortem, start_postmortem
from tests.factories import NOW, make_user, reload_user
from tests.incidents.postmortems import HOUR, make_postmortem, make_published, make_resolved

LATER = NOW + HOUR * 3


@pytest.fixture
def ben(db):
    return make_user("ben", role=APPROVER)


@pytest.fixture
def ada(db):
    return make_user("ada", role=RESPONDER)


def save(postmortem, base, user, **texts):
    return save_postmortem(postmortem, base, user=user, now=LATER, **texts)


def test_parts_that_each_changed_alone_are_put_together(ben, ada):
    postmortem = make_postmortem(ben, summary="Old", root_cause="Old")
    base = base_of(postmortem)
    save(postmortem, base, ben, summary="Ben's", root_cause="Old")
    saved = save(postmortem, base, ada, summary="Old", root_cause="Ada's")
    assert (saved.summary, saved.root_cause) == ("Ben's", "Ada's")


def test_the_same_part_changed_twice_is_refused_with_the_other_text(ben, ada):
    postmortem = make_postmortem(ben, summary="Old")
    base = base_of(postmortem)
    save(postmortem, base, ben, summary="Ben's")
    with pytest.raises(Clash) as refusal:
        save(postmortem, base, ada, summary="Ada's", lucky="It was Monday")
    assert refusal.value.theirs == {"summary": "Ben's"}
    postmortem.refresh_from_db()
    assert (postmortem.summary, postmortem.lucky) == ("Ben's", "")


def test_saving_on_the_base_that_the_refusal_gave_keeps_the_own_text(ben, ada):
    postmortem = make_postmortem(ben, summary="Old")
    base = base_of(postmortem)
    save(postmortem, base, ben, summary="Ben's")
    with pytest.raises(Clash) as refusal:
        save(postmortem, base, ada, summary="Ada's")
    assert save(postmortem, refusal.value.base, ada, summary="Ben's and Ada's").summary == "Ben's and Ada's"


def test_the_same_words_twice_are_no_clash(ben, ada):
    postmortem = make_postmortem(ben, summary="Old")
    base = base_of(postmortem)
    save(postmortem, base, ben, summary="New")
    assert save(postmortem, base, ada, summary="New").summary == "New"


def test_line_breaks_of_browsers_are_no_change(ben):
    postmortem = make_postmortem(ben, summary="One\nTwo")
    saved = save(postmortem, base_of(postmortem), ben, summary="One\r\nTwo\r\n")
    assert (saved.summary, saved.revision) == ("One\nTwo", postmortem.revision)


def test_each_save_counts_the_revision_up(ben):
    postmortem = make_postmortem(ben)
    assert save(postmortem, base_of(postmortem), ben, lucky="Yes").revision == postmortem.revision + 1


def test_published_texts_are_fixed(ben):
    with pytest.raises(WrongState, match="Reopen it"):
        save(make_published(ben), {}, ben, summary="Another")


@pytest.mark.parametrize("text", ["a\0b", "x" * 100_001])
def test_what_can_t_be_stored_is_refused(ben, text):
    with pytest.raises(Refused):
        save(make_postmortem(ben), {}, ben, summary=text)


def test_a_credential_is_refused(ben):
    with pytest.raises(Refused, match="credential"):
        save(make_postmortem(ben), {}, ben, root_cause="password: " + "hunter2" + "Zq9!xW4k")


def test_a_reader_may_not_write(ben):
    with pytest.raises(NotAllowed):
        save(make_postmortem(ben), {}, make_user("cy"), summary="Mine")


def test_an_owner_who_has_left_is_refused(ben):
    with pytest.raises(Refused, match="has left"):
        save_postmortem(make_postmortem(ben), {}, user=ben, now=LATER, owner=make_user("cy", is_active=False))


@pytest.mark.django_db(transaction=True)
def test_two_people_who_begin_it_at_the_same_moment_write_one():
    ben, ada = make_user("ben", role=RESPONDER), make_user("ada", role=RESPONDER)
    incident, together, found = make_resolved(), threading.Barrier(2), []

    def begin(user):
        try:
            together.wait(10)
            found.append(start_postmortem(incident, user=reload_user(user), now=LATER).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=[user]) for user in (ben, ada)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 2
    assert len(set(found)) == PostMortem.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_save_at_the_same_moment_both_keep_their_part():
    ben, ada = make_user("ben", role=RESPONDER), make_user("ada", role=RESPONDER)
    postmortem = make_postmortem(ben)
    base, together = base_of(postmortem), threading.Barrier(2)

    def write(user, field):
        try:
            together.wait(10)
            save(postmortem, base, reload_user(user), **{field: f"{user}'s"})
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=pair) for pair in ((ben, "lucky"), (ada, "lessons"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    postmortem.refresh_from_db()
    assert (postmortem.lucky, postmortem.lessons) == ("Ben's", "Ada's")

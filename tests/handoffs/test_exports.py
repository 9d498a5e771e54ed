"""A handoff as JSON and as Markdown: complete, the same for everybody who may see the same, and safe to open."""

import hashlib
import json

import pgtrigger
import pytest

from accounts.models import Membership
from accounts.roles import ADMINISTRATOR, READER
from handoffs.models import EntryNote, Question, Snapshot, Tick
from handoffs.services import contract
from handoffs.services.snapshots import print_canonical
from oncall.models import Classification
from tests.factories import NOW, make_incident, make_user
from tests.handoffs.papers import accept, add_incident, make_paper, submit

pytestmark = pytest.mark.django_db
SECRET = Classification.CONFIDENTIAL


def get_json(browser, handoff):
    response = browser.get(f"/handoffs/{handoff.pk}/handoff.json")
    assert response["Content-Type"] == "application/json"
    return json.loads(response.text)


def get_markdown(browser, handoff):
    return browser.get(f"/handoffs/{handoff.pk}/handoff.md").text


def entries(export, key="open-incidents"):
    return next(section["entries"] for section in export["content"]["sections"] if section["key"] == key)


@pytest.fixture
def cy():
    return make_user("cy", role=READER)


@pytest.mark.parametrize("name", ["handoff.json", "handoff.md"])
def test_without_the_role_there_is_no_such_handoff(as_user, cy, name):
    handoff = make_paper()
    cy.groups.clear()
    assert as_user(cy).get(f"/handoffs/{handoff.pk}/{name}").status_code == 404
    assert as_user(handoff.incoming).get(f"/handoffs/99999/{name}").status_code == 404


def test_a_draft_is_looked_up_and_says_so(as_user, cy):
    handoff = make_paper(summary="A calm week.")
    add_incident(handoff)
    export = get_json(as_user(cy), handoff)
    assert (export["state"], export["is_live"], export["snapshots"]) == ("draft", True, [])
    assert entries(export)[0]["title"] == "Tickets can't be sold"
    assert export["content"]["words"]["summary"] == "A calm week."


def test_a_submitted_one_says_what_was_signed_whatever_happened_since(as_user, cy):
    handoff = make_paper()
    incident = add_incident(handoff)
    submit(handoff)
    type(incident).objects.filter(pk=incident.pk).update(title="Otherwise")
    export = get_json(as_user(cy), handoff)
    assert not export["is_live"]
    assert entries(export)[0]["title"] == "Tickets can't be sold"
    assert [row["side"] for row in export["signatures"]] == ["outgoing"]


def test_the_digest_can_be_computed_from_what_was_exported(as_user, cy):
    handoff = submit(make_paper(summary="Öl and “quotes”"))
    export = get_json(as_user(cy), handoff)
    digest = hashlib.sha256(print_canonical(export["content"]).encode()).hexdigest()
    assert digest == export["snapshots"][0]["sha256"] == export["signatures"][0]["sha256"]
    assert export["snapshots"][0]["is_intact"]


def test_an_accepted_one_has_both_signatures_and_what_was_accepted(as_user, cy):
    handoff = make_paper()
    add_incident(handoff)
    export = get_json(as_user(cy), accept(submit(handoff)))
    assert [row["side"] for row in export["signatures"]] == ["outgoing", "incoming"]
    assert [row["entry"] for row in export["acceptances"]] == [row["key"] for row in entries(export)]
    assert export["proof"].startswith("without a test page")


def change_content(handoff, content):
    """What an administrator of the database could do, against the trigger."""
    with pgtrigger.ignore("handoffs.Snapshot:is_final", "handoffs.Snapshot:frozen"):
        Snapshot.objects.filter(handoff=handoff).update(content=content)


@pytest.mark.parametrize("content", ["no JSON", "[]", "{}", '{"format": 1, "sections": 3}', '{"format": 99}'])
def test_a_snapshot_that_can_not_be_read_is_said_to_be_changed(as_user, cy, content):
    handoff = submit(make_paper())
    change_content(handoff, content)
    export = get_json(as_user(cy), handoff)
    assert export["content"] is None
    assert not export["snapshots"][0]["is_intact"]
    assert "can't be read" in get_markdown(as_user(cy), handoff)


def test_a_changed_byte_is_said(as_user, cy):
    handoff = submit(make_paper(summary="Calm"))
    change_content(handoff, handoff.snapshots.get().content.replace("Calm", "Wild"))
    export = get_json(as_user(cy), handoff)
    assert not export["snapshots"][0]["is_intact"]
    assert "**changed since**" in get_markdown(as_user(cy), handoff)


@pytest.fixture
def secret():
    handoff = make_paper()
    incident = add_incident(handoff, "Vault is open", classification=SECRET, name="Vault")
    key = f"incident:{incident.pk}"
    EntryNote.objects.create(handoff=handoff, entry=key, tried="Closed the gate", by=handoff.outgoing, at=NOW)
    Question.objects.create(handoff=handoff, entry=key, text="Which gate?", asked_by=handoff.incoming, asked_at=NOW)
    return handoff


@pytest.mark.parametrize("is_submitted", [False, True])
def test_a_confidential_entry_and_what_was_written_to_it_are_kept_from_others(as_user, cy, secret, is_submitted):
    if is_submitted:
        submit(secret)
    browser = as_user(cy)
    for text in (get_markdown(browser, secret), json.dumps(get_json(browser, secret))):
        for word in ("Vault", "gate"):
            assert word not in text
    assert get_json(browser, secret)["hidden"] == 1
    assert "1 entry is Confidential" in get_markdown(browser, secret)


def test_its_people_its_team_and_administrators_are_shown_it(as_user, secret):
    dee, eve = make_user("dee", role=READER), make_user("eve", role=ADMINISTRATOR)
    Membership.objects.create(team=secret.team, user=dee)
    for person in (secret.incoming, dee, eve):
        assert "Vault is open" in get_markdown(as_user(person), secret)
        assert "Closed the gate" in json.dumps(get_json(as_user(person), secret))


def test_markdown_says_everything_that_the_page_says(as_user):
    handoff = make_paper(summary="A calm week.", urgent="Renew it", context="Low tide")
    incident = add_incident(handoff)
    EntryNote.objects.create(
        handoff=handoff,
        entry=f"incident:{incident.pk}",
        tried="Restarted",
        next_step="Wait",
        by=handoff.outgoing,
        at=NOW,
    )
    Tick.objects.filter(handoff=handoff, position=1).update(note="All looked at", note_by=handoff.outgoing)
    submit(handoff)
    contract.ask(handoff, "", "How long?", user=handoff.incoming, now=NOW)
    contract.answer(handoff.questions.get(), "An hour", user=handoff.outgoing, now=NOW)
    accept(handoff)
    contract.add_addendum(handoff, "It was two.", user=handoff.outgoing, now=NOW)
    text = get_markdown(as_user(handoff.incoming), handoff)
    for words in (
        "> A calm week.", "> Renew it", "> Low tide", "- [x] Review open incidents", "> All looked at", "> Restarted",
        "Recommended next step", f"](/incidents/{incident.pk}/)", "accepted by Ben", "> How long?", "> An hour",
        "> It was two.", "I hand On call over to Ben", "SHA-256", "Ada (Europe/Lisbon)", "Nothing to report.",
        "2026-11-17T04:14:00Z",
    ):  # fmt: skip
        assert words in text


def test_hostile_words_stay_text(as_user):
    handoff = make_paper(summary="<script>alert(1)</script> [x](javascript:alert(1))")
    add_incident(handoff, "</a><img src=x onerror=alert(1)> ](javascript:alert(2))")
    text = get_markdown(as_user(handoff.incoming), handoff)
    assert "<script>" not in text
    assert "<img" not in text.replace("\\<img", "")
    assert "](javascript" not in text.replace("]\\(", "").replace("\\](", "").replace("\\]\\(", "")


def test_twenty_incidents_take_as_many_queries_as_one(
    as_user, django_assert_max_num_queries, django_assert_num_queries
):
    handoff = make_paper()
    first = add_incident(handoff)
    browser = as_user(handoff.incoming)
    get_json(browser, handoff)  # what is kept in the process is asked for once
    with django_assert_max_num_queries(30) as few:
        get_json(browser, handoff)
    for number in range(20):
        make_incident(f"More {number}", first.services.get())
    with django_assert_num_queries(len(few)):
        get_json(browser, handoff)
    submit(handoff)
    with django_assert_max_num_queries(12):
        get_json(browser, handoff)

"""The words of a handoff: saved field by field, put together where two write, and never lost."""

import pytest

from accounts.roles import RESPONDER
from handoffs.errors import NotAllowed, Refused, WrongState
from handoffs.models import EntryNote, Handoff
from handoffs.services.writing import write_entry_note, write_words
from tests.factories import NOW, make_team, make_user, reload_user
from tests.handoffs.contracts import LATER, add_incident, make_submitted, make_two

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"}
TEXT = "The gate sticks.\n\nThe printer is slow."


@pytest.fixture
def handoff():
    return make_two()


def write(handoff, user=None, **fields):
    base = fields.pop("base", None)
    return write_words(handoff, user=user or handoff.outgoing, now=NOW, base=base, **fields)


def read(handoff, name="context"):
    return getattr(Handoff.objects.get(pk=handoff.pk), name)


def post(as_user, user, handoff, place="words", headers=JSON, **data):
    return as_user(user).post(f"{handoff.get_absolute_url()}{place}/", data, headers=headers)


def test_each_field_is_written_by_itself(handoff):
    write(handoff, summary="  All\ncalm. ")
    write(handoff, context=TEXT)
    assert (read(handoff, "summary"), read(handoff), read(handoff, "urgent")) == ("All calm.", TEXT, "")


def test_words_that_did_not_change_count_no_revision(handoff):
    write(handoff, context=TEXT)
    before = Handoff.objects.get(pk=handoff.pk).revision
    write(handoff, context=TEXT, base={"context": TEXT})
    assert Handoff.objects.get(pk=handoff.pk).revision == before


def test_two_who_write_in_different_lines_both_arrive(handoff):
    write(handoff, context=TEXT)
    write(handoff, context=TEXT.replace("sticks", "works"), base={"context": TEXT})
    written = write(handoff, handoff.incoming, context=TEXT.replace("slow", "gone"), base={"context": TEXT})
    assert read(handoff) == written.now["context"] == "The gate works.\n\nThe printer is gone."
    assert not written.clashes


def test_two_who_write_in_the_same_line_are_both_kept(handoff):
    write(handoff, context="From Ada", base={"context": ""})
    written = write(handoff, handoff.incoming, context="From Ben", base={"context": ""})
    assert written.clashes == {"context": "From Ada"}
    assert read(handoff) == "From Ada"


def test_a_stale_field_that_was_not_touched_takes_nothing_back(handoff):
    write(handoff, urgent="Call the vendor", context="New")
    write(handoff, handoff.incoming, urgent="", context="New and more", base={"urgent": "", "context": "New"})
    assert (read(handoff, "urgent"), read(handoff)) == ("Call the vendor", "New and more")


def test_what_can_t_be_stored_is_refused_with_the_reason(handoff):
    for fields, reason in (
        ({"summary": "x" * 501}, "501 characters"),
        ({"context": "x" * 20_001}, "bytes"),
        ({"urgent": "a\x00b"}, "NUL"),
        ({"urgent": "password=" + "hunter2-Xk39dLm2"}, "credential"),
        ({"urgent": "bytes \ufffd"}, "UTF-8"),
    ):
        with pytest.raises(Refused, match=reason):
            write(handoff, **fields)
    assert read(handoff, "urgent") == read(handoff) == ""


def test_after_submission_words_are_refused_and_come_back(as_user):
    handoff = make_submitted()
    with pytest.raises(WrongState):
        write(handoff, context="Later")
    response = post(as_user, handoff.outgoing, handoff, headers={}, context="Later")
    assert response.status_code == 409 and "its words are fixed" in response.content.decode()
    assert '<pre class="theirs">Later</pre>' in response.content.decode()


def test_another_team_s_people_may_not_write(handoff, as_user):
    cy = make_user("cy", role=RESPONDER)
    make_team("Pier", cy)
    with pytest.raises(NotAllowed, match="This is a handoff of Harbour"):
        write(handoff, reload_user(cy), context="Mine")
    assert post(as_user, reload_user(cy), handoff, context="Mine").status_code == 403
    assert post(as_user, reload_user(cy), handoff, "preview", context="Mine").status_code == 403


def test_a_script_is_told_what_stands_there_now(handoff, as_user):
    answer = post(as_user, handoff.outgoing, handoff, context="**Calm**\r\n", base_context="")
    assert answer.status_code == 200 and answer.json()["now"] == {"context": "**Calm**"}
    assert "<strong>Calm</strong>" in answer.json()["looks"]["context"]


def test_a_script_is_shown_both_texts_where_they_clash(handoff, as_user):
    write(handoff, context="From Ada")
    answer = post(as_user, handoff.incoming, handoff, context="From Ben", base_context="")
    assert answer.status_code == 409 and answer.json()["clashes"] == {"context": "From Ada"}
    again = post(as_user, handoff.incoming, handoff, context="From both", base_context="From Ada")
    assert again.status_code == 200 and read(handoff) == "From both"


def test_without_scripts_a_clash_shows_both_texts_on_the_page(handoff, as_user):
    write(handoff, context="From Ada")
    response = post(as_user, handoff.incoming, handoff, headers={}, context="From Ben", base_context="")
    html = response.content.decode()
    assert response.status_code == 409
    assert "data-unsaved>\nFrom Ben</textarea>" in html
    assert '<pre class="theirs">From Ada</pre>' in html and 'name="base_context" value="From Ada"' in html


def test_a_refused_form_comes_back_with_its_words(handoff, as_user):
    words = "password=" + "hunter2-Xk39dLm2"
    response = post(as_user, handoff.outgoing, handoff, headers={}, urgent=words, base_urgent="")
    assert response.status_code == 422
    assert "looks like a credential" in response.content.decode() and words in response.content.decode()


def test_a_preview_shows_how_it_will_look_and_saves_nothing(handoff, as_user):
    response = post(as_user, handoff.outgoing, handoff, "preview", context="**Calm** <b>x</b>", summary="No")
    assert "<strong>Calm</strong>" in response.content.decode() and "<b>x</b>" not in response.content.decode()
    assert read(handoff) == ""


def test_without_scripts_a_preview_is_a_page_from_which_it_is_saved(handoff, as_user):
    response = post(as_user, handoff.outgoing, handoff, "preview", headers={}, context="**Calm**", base_context="")
    html = response.content.decode()
    assert "<strong>Calm</strong>" in html and f'action="{handoff.get_absolute_url()}words/"' in html
    assert '<textarea name="context" hidden>\n**Calm**</textarea>' in html


def test_a_preview_of_what_can_t_be_stored_says_why(handoff, as_user):
    response = post(as_user, handoff.outgoing, handoff, "preview", context="x" * 30_000)
    assert response.status_code == 422 and "bytes" in response.content.decode()


def note(handoff, entry, user=None, **fields):
    words = {"tried": "", "stuck": "", "next_step": ""} | fields
    return write_entry_note(handoff, entry, **words, user=user or handoff.outgoing, now=LATER)


def test_a_note_to_an_entry_says_what_was_tried(handoff, as_user):
    entry = f"incident:{add_incident(handoff).pk}"
    data = {"entry": entry, "tried": "Restarted **it**", "stuck": "", "next_step": "Ask the vendor"}
    response = post(as_user, handoff.outgoing, handoff, "entry-note", headers={}, **data)
    assert response.status_code == 302 and response["Location"].endswith(f"#entry-{entry.replace(':', '-')}")
    html = as_user(handoff.incoming).get(handoff.get_absolute_url()).content.decode()
    assert "Restarted <strong>it</strong>" in html and "Ask the vendor" in html


def test_an_emptied_note_is_taken_away(handoff):
    entry = f"incident:{add_incident(handoff).pk}"
    note(handoff, entry, tried="Nothing")
    note(handoff, entry)
    assert not EntryNote.objects.exists()


def test_a_note_to_what_is_not_in_the_handoff_is_refused_and_comes_back(handoff, as_user):
    with pytest.raises(Refused, match="not in the handoff any more"):
        note(handoff, "incident:999", tried="It")
    data = {"entry": "incident:999", "tried": "It", "stuck": "", "next_step": ""}
    assert post(as_user, handoff.outgoing, handoff, "entry-note", **data).status_code == 422
    page = post(as_user, handoff.outgoing, handoff, "entry-note", headers={}, **data)
    assert page.status_code == 422 and '<pre class="theirs">It</pre>' in page.content.decode()


def test_a_note_to_what_is_gone_meanwhile_may_still_be_changed(handoff):
    EntryNote.objects.create(handoff=handoff, entry="alert:gone", tried="It", by=handoff.outgoing, at=NOW)
    note(handoff, "alert:gone", tried="It twice")
    assert EntryNote.objects.get().tried == "It twice"


def test_two_notes_to_one_entry_clash_field_by_field(handoff):
    entry = f"incident:{add_incident(handoff).pk}"
    note(handoff, entry, tried="Ada’s")
    words = {"tried": "Ben’s", "stuck": "Here", "next_step": ""}
    base = dict.fromkeys(words, "")
    written = write_entry_note(handoff, entry, **words, base=base, user=handoff.incoming, now=LATER)
    assert written.clashes == {"tried": "Ada’s"}
    row = EntryNote.objects.get()
    assert (row.tried, row.stuck) == ("Ada’s", "Here")

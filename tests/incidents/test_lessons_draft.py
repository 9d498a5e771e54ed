"""From a run to a draft of its runbook."""

import pytest

from accounts.roles import APPROVER, EDITOR, RESPONDER
from incidents.errors import NotAllowed, WrongState
from incidents.models import TimelineEntry
from incidents.services.drafting import draft_lessons
from incidents.services.runs import add_step, finish_run, flag_step
from runbooks.errors import EditConflict, SecretFound
from runbooks.models import DraftSave, Flag, RunbookVersion, Status
from runbooks.rendering import understand
from runbooks.services import EditBase, discard_draft, publish_text, save_edit
from runbooks.services.flags import answer_flag
from tests.factories import NOW, go_active, make_draft, make_incident, make_published, make_user
from tests.incidents.runs import CHECKLIST, go_through, make_run, minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


def draft(run, user):
    return draft_lessons(run, user=user, now=minutes(60))


def edit(runbook, markdown, user):
    newest = runbook.versions.open().first() or runbook.versions.active().first()
    base = EditBase(newest.pk, newest.revision)
    return save_edit(runbook, base=base, markdown=markdown, author=user, now=minutes(30), change_summary="Mine")


def test_a_suggestion_stands_in_the_place_of_the_step(ben):
    run = go_through(make_run(ben), ben, flag={3: ("It has another name", "Restart `desk-api`")})
    version = draft(run, ben)
    assert version.markdown == CHECKLIST.replace("- [ ] Restart `desk`", "- [ ] Restart `desk-api`")
    assert (version.number, version.status, version.author) == ("1.1", "draft", ben)


def test_an_added_step_stands_where_it_was_added(ben):
    run = make_run(ben)
    add_step(run, "Wake the harbour master", after=run.steps.all()[1], user=ben, now=minutes(1))
    version = draft(go_through(run, ben), ben)
    assert version.markdown == CHECKLIST.replace(
        "- [ ] Drain the queue\n", "- [ ] Drain the queue\n- [ ] Wake the harbour master\n"
    )


def test_an_added_step_that_was_put_better_stands_in_those_words(ben):
    run = make_run(ben)
    step = add_step(run, "Wake her", after=run.steps.all()[1], user=ben, now=minutes(1))
    flag_step(step, "Unclear", suggestion="Wake the harbour master", user=ben, now=minutes(1))
    version = draft(go_through(run, ben), ben)
    assert "- [ ] Wake the harbour master\n" in version.markdown and "Wake her" not in version.markdown


def test_what_was_skipped_is_named_and_stays(ben):
    version = draft(go_through(make_run(ben), ben, skip={2}), ben)
    assert version.markdown == CHECKLIST
    assert "skipped “Drain the queue”: not needed today" in version.change_summary


def test_a_flag_without_a_suggestion_is_named(ben):
    version = draft(go_through(make_run(ben), ben, flag={4: ("There is no board", "")}), ben)
    assert version.markdown == CHECKLIST
    assert "said to be wrong: “Look at the board”, There is no board" in version.change_summary


def test_windows_line_endings_stay(ben):
    text = CHECKLIST.replace("\n", "\r\n")
    run = go_through(make_run(ben, text=text), ben, flag={3: ("Name", "Restart `desk-api`")})
    assert draft(run, ben).markdown == text.replace("- [ ] Restart `desk`", "- [ ] Restart `desk-api`")


def test_a_second_click_gives_the_same_draft(ben):
    run = go_through(make_run(ben), ben, skip={2})
    assert draft(run, ben) == draft(run, ben)
    assert RunbookVersion.objects.count() == 2


def test_a_discarded_draft_can_be_made_again(ben):
    run = go_through(make_run(ben), ben, skip={2})
    discard_draft(draft(run, ben), user=ben)
    assert draft(run, ben).status == Status.DRAFT


def test_a_run_that_kept_to_the_runbook_gives_none(ben):
    with pytest.raises(WrongState, match="as the runbook says"):
        draft(go_through(make_run(ben), ben), ben)


def test_a_run_that_goes_on_gives_none(ben):
    with pytest.raises(WrongState, match="still goes on"):
        draft(make_run(ben), ben)


def test_responders_may_not_and_the_flags_stand(ben):
    cy = make_user("cy", role=RESPONDER)
    run = go_through(make_run(cy), cy, flag={3: ("Name", "Restart `desk-api`")})
    with pytest.raises(NotAllowed, match="stands on the runbook all the same"):
        draft(run, cy)
    assert Flag.objects.open().count() == 1 and RunbookVersion.objects.count() == 1


def test_nobody_drafts_a_runbook_they_may_not_know_of(ben):
    run = go_through(make_run(ben), ben, skip={2})
    run.runbook.classification = "confidential"
    run.runbook.save()
    with pytest.raises(NotAllowed):
        draft(run, ben)


def test_an_answered_flag_is_settled(ben):
    run = go_through(make_run(ben), ben, skip={1}, flag={3: ("Name", "Restart `desk-api`")})
    answer_flag(Flag.objects.get(), "right", "It is an alias", user=ben, now=minutes(20))
    assert draft(run, ben).markdown == CHECKLIST


def test_another_draft_takes_it_in_and_keeps_its_own_words(ben):
    run = go_through(make_run(ben), ben, flag={3: ("Name", "Restart `desk-api`")})
    mine = CHECKLIST.replace("Nothing.", "Tell the pier again.")
    opened = edit(run.runbook, mine, make_user("dee", role=EDITOR))
    version = draft(run, ben)
    assert version.pk == opened.pk and version.revision == 2
    assert version.markdown == mine.replace("- [ ] Restart `desk`", "- [ ] Restart `desk-api`")
    assert version.change_summary.startswith("Mine · From the run of 2026-11-17")


def test_a_newer_active_version_is_merged_with(ben):
    run = go_through(make_run(ben), ben, flag={3: ("Name", "Restart `desk-api`")})
    newer = CHECKLIST.replace("# Ticket desk", "# The ticket desk")
    publish_text(
        run.runbook, newer, understand(newer), status=Status.ACTIVE, author=None, now=minutes(30), change_summary="x"
    )
    assert draft(run, ben).markdown == newer.replace("- [ ] Restart `desk`", "- [ ] Restart `desk-api`")


def test_the_same_line_changed_by_somebody_else_is_a_clash_and_no_word_is_lost(ben):
    run = go_through(make_run(ben), ben, flag={3: ("Name", "Restart `desk-api`")})
    edit(run.runbook, CHECKLIST.replace("Restart `desk`", "Restart both desks"), make_user("dee", role=EDITOR))
    for _ in range(2):
        with pytest.raises(EditConflict) as found:
            draft(run, ben)
    assert "Restart `desk-api`" in found.value.mine and "both desks" in found.value.version.markdown
    kept = DraftSave.objects.filter(is_accepted=False)
    assert [save.markdown for save in kept] == [CHECKLIST.replace("Restart `desk`", "Restart `desk-api`")]
    run.refresh_from_db()
    assert run.lessons_version is None


def test_a_run_of_a_draft_that_was_saved_again_starts_from_what_was_run(ben):
    version = make_draft(ben, text=CHECKLIST)
    run = go_through(
        make_run(ben, runbook=version.runbook, version=version), ben, flag={3: ("Name", "Restart `desk-api`")}
    )
    edit(run.runbook, "A new first line.\n\n" + CHECKLIST, ben)
    assert draft(run, ben).markdown == "A new first line.\n\n" + CHECKLIST.replace(
        "Restart `desk`", "Restart `desk-api`"
    )


def test_a_run_of_a_discarded_draft_says_so(ben):
    version = make_draft(ben, text=CHECKLIST)
    go_active(version, make_user("cy", role=APPROVER))
    runbook = version.runbook
    later = edit(runbook, CHECKLIST + "\nMore.\n", ben)
    run = go_through(make_run(ben, runbook=runbook, version=later), ben, skip={1})
    discard_draft(later, user=ben)
    with pytest.raises(WrongState, match="not there any more"):
        draft(run, ben)


def test_a_retired_runbook_says_so(ben):
    run = go_through(make_run(ben), ben, skip={1})
    run.runbook.retired_at = NOW
    run.runbook.save()
    with pytest.raises(Exception, match="retired"):
        draft(run, ben)


def test_a_credential_in_an_added_step_is_refused(ben):
    run = make_run(ben)
    add_step(run, "Use postgres://desk:" + "hunter2secret9@db.example/desk", user=ben, now=minutes(1))
    with pytest.raises(SecretFound):
        draft(go_through(run, ben), ben)


def test_a_credential_in_a_reason_is_left_out_of_the_summary(ben):
    run = go_through(make_run(ben), ben, skip={2})
    run.steps.filter(state="skipped").update(skip_reason="postgres://desk:" + "hunter2secret9@db.example/desk")
    assert "hunter2" not in draft(run, ben).change_summary


def test_the_incident_is_told(ben):
    incident = make_incident()
    run = go_through(make_run(ben, incident=incident), ben, skip={2})
    version = draft(run, ben)
    entry = TimelineEntry.objects.filter(incident=incident).latest("pk")
    assert "made a draft of Ticket desk" in entry.text and entry.url == version.get_absolute_url()


def test_a_long_summary_is_cut(ben):
    text = "# A\n\n## Do\n\n" + "".join(f"- [ ] {number} {'long ' * 20}\n" for number in range(30))
    run = go_through(make_run(ben, runbook=make_published("Long", text=text), section="do"), ben, skip=range(1, 31))
    assert len(draft(run, ben).change_summary) == 500


def test_a_stopped_run_gives_one_too(ben):
    run = make_run(ben)
    flag_step(run.steps.all()[2], "Name", suggestion="Restart `desk-api`", user=ben, now=minutes(1))
    finish_run(run, user=ben, now=minutes(2))
    assert "desk-api" in draft(run, ben).markdown

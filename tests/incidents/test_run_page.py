"""The page of a run: what it shows to whom, and what its forms do."""

import re

import pytest

from accounts.roles import READER, RESPONDER
from incidents.models import Run
from incidents.services.runs import flag_step, note_step, settle_step, skip_step
from oncall.models import Classification
from tests.factories import NOW, make_incident, make_published, make_service, make_user
from tests.incidents.run_texts import STEPS, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def step_url(run, index, tail=""):
    return f"/runs/{run.pk}/steps/{run.steps.all()[index].pk}/{tail}"


def read(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_it_opens_at_the_first_open_step(as_ben, ben):
    run = make_run(ben)
    settle_step(run.steps.first(), user=ben, now=NOW)
    page = as_ben.get(f"/runs/{run.pk}/")
    assert page.status_code == 200
    assert page.context["page"].focus.step.number == "2"
    assert "1 of 4" in read(page)


def test_a_tick_goes_on_to_the_next_step(as_ben, ben):
    run = make_run(ben)
    second = run.steps.all()[1]
    response = as_ben.post(step_url(run, 0), {"do": "done", "note": "told them"})
    assert response.status_code == 302
    assert response["Location"].endswith(f"#step-{second.pk}")
    step = run.steps.first()
    assert (step.state, step.settled_by) == ("done", ben)
    assert step.events.get(kind="note").text == "told them"


def test_a_skip_without_a_reason_comes_back(as_ben, ben):
    run = make_run(ben)
    response = as_ben.post(step_url(run, 1), {"do": "skip", "reason": " "})
    assert response.status_code == 422
    assert run.steps.all()[1].state == "todo"


def test_a_required_step_can_t_be_skipped(as_ben, ben):
    run = make_run(ben)
    response = as_ben.post(step_url(run, 0), {"do": "skip", "reason": "no time"})
    assert response.status_code == 422
    assert "it can&#x27;t be skipped" in read(response)


def test_finishing_with_a_required_step_open_names_it(as_ben, ben):
    run = make_run(ben)
    response = as_ben.post(f"/runs/{run.pk}/finish/")
    assert response.status_code == 422
    assert "Tell the pier (required)" in read(response)
    assert Run.objects.get().is_going


def test_finishing_ends_it(as_ben, ben):
    run = make_run(ben)
    settle_step(run.steps.first(), user=ben, now=NOW)
    assert as_ben.post(f"/runs/{run.pk}/finish/").status_code == 302
    run.refresh_from_db()
    assert (run.outcome, run.finished_by) == ("done", ben)
    page = read(as_ben.get(f"/runs/{run.pk}/"))
    assert "<b>Done</b> by Ben" in page
    assert "data-live-url" not in page


def test_stopping_asks_why(as_ben, ben):
    run = make_run(ben)
    assert as_ben.get(f"/runs/{run.pk}/stop/").status_code == 200
    assert as_ben.post(f"/runs/{run.pk}/stop/", {"reason": ""}).status_code == 422
    assert as_ben.post(f"/runs/{run.pk}/stop/", {"reason": "wrong runbook"}).status_code == 302
    assert "wrong runbook" in read(as_ben.get(f"/runs/{run.pk}/"))


def test_a_step_of_a_run_that_is_over_says_so(as_ben, ben):
    run = make_run(ben)
    as_ben.post(f"/runs/{run.pk}/stop/", {"reason": "wrong runbook"})
    response = as_ben.post(step_url(run, 0), {"do": "done"})
    assert response.status_code == 422


def test_a_refused_note_keeps_the_words(as_ben, ben):
    run = make_run(ben)
    response = as_ben.post(step_url(run, 0), {"do": "done", "note": "n" * 6000})
    assert response.status_code == 422
    assert "n" * 6000 in read(response)
    assert run.steps.first().state == "todo"


def test_the_second_person_is_told_who_did_it(as_ben, ben):
    run = make_run(ben)
    settle_step(run.steps.first(), user=make_user("ada", role=RESPONDER), now=NOW)
    response = as_ben.post(step_url(run, 0), {"do": "done", "note": "me too"}, follow=True)
    assert "Ada did this step before you. What you wrote is kept with it." in read(response)
    assert run.steps.first().events.filter(text="me too").exists()


def test_commands_are_filled_and_marked(as_ben, ben):
    run = make_run(ben, key="alert-desksilent")
    last = run.steps.get(title="Back to the last version")
    page = read(as_ben.get(f"/runs/{run.pk}/?step={last.pk}"))
    assert "Changes production" in page
    run = make_run(ben, values={"namespace": "desk-2"}, runbook=run.runbook)
    third = run.steps.all()[2]
    page = read(as_ben.get(f"/runs/{run.pk}/?step={third.pk}"))
    assert '<var data-var="namespace" data-written="[namespace]">desk-2</var>' in page


def test_a_command_says_what_is_not_filled_in(as_ben, ben):
    run = make_run(ben)
    third = run.steps.all()[2]
    assert "Not filled in yet: Namespace" in read(as_ben.get(f"/runs/{run.pk}/?step={third.pk}"))


def test_values_are_saved_for_everybody(as_ben, ben):
    run = make_run(ben)
    assert as_ben.post(f"/runs/{run.pk}/values/", {"value-namespace": "desk-2"}).status_code == 302
    run.refresh_from_db()
    assert run.values["namespace"] == "desk-2"


def test_a_value_that_a_shell_acts_upon_comes_back_with_the_reason(as_ben, ben):
    run = make_run(ben)
    response = as_ben.post(f"/runs/{run.pk}/values/", {"value-namespace": "desk; rm -rf /"})
    assert response.status_code == 422
    assert "holds characters that a shell could act upon" in read(response)
    run.refresh_from_db()
    assert "namespace" not in run.values


def test_output_is_shown_as_text_without_escapes(as_ben, ben):
    run = make_run(ben)
    step = run.steps.first()
    raw = "\x1b[31mred\x1b[0m <script>alert(1)</script>\x1b]8;;http://x\x07link\u202e"
    note_step(step, "<b>bold</b>", output=raw, user=ben, now=NOW)
    assert step.events.get(kind="output").text == raw
    page = read(as_ben.get(f"/runs/{run.pk}/?step={step.pk}"))
    assert "red &lt;script&gt;alert(1)&lt;/script&gt;link</pre>" in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "<script>alert" not in page


def test_a_flag_stands_on_the_runbook_and_in_the_run(as_ben, ben):
    run = make_run(ben)
    assert as_ben.get(step_url(run, 1, "flag/")).status_code == 200
    assert as_ben.post(step_url(run, 1, "flag/"), {"text": ""}).status_code == 422
    response = as_ben.post(
        step_url(run, 1, "flag/"), {"text": "wrong cluster", "suggestion": "use desk-2"}, follow=True
    )
    assert "wrong cluster" in read(response)
    flag = run.runbook.flags.get()
    assert (flag.text, flag.suggestion, flag.anchor) == ("wrong cluster", "use desk-2", "restart")
    assert (
        flag.line
        == STEPS.split("\n").index("2. Restart the desk: `kubectl -n desk rollout restart deploy/[service-name]`") + 1
    )


def test_a_step_can_be_added_after_the_one_in_focus(as_ben, ben):
    run = make_run(ben)
    first = run.steps.first()
    assert as_ben.post(f"/runs/{run.pk}/add/", {"title": "Ring the bell", "after": first.pk}).status_code == 302
    titles = [step.title for step in run.steps.order_by("position")]
    assert titles[1] == "Ring the bell"
    assert "Added by Ben" in read(as_ben.get(f"/runs/{run.pk}/"))


def test_readers_look_and_can_t_touch(as_user, ben):
    run = make_run(ben)
    reader = as_user(make_user("cy", role=READER))
    page = read(reader.get(f"/runs/{run.pk}/"))
    assert "Tell the pier" in page
    assert "Done, next step" not in page
    assert reader.post(step_url(run, 0), {"do": "done"}).status_code == 403
    assert reader.post(f"/runs/{run.pk}/finish/").status_code == 403
    assert reader.post(f"/runs/{run.pk}/values/", {"value-namespace": "x"}).status_code == 403
    assert reader.post(f"/runs/{run.pk}/add/", {"title": "x"}).status_code == 403
    assert reader.get(f"/runs/{run.pk}/stop/").status_code == 403
    assert reader.get(step_url(run, 0, "flag/")).status_code == 403


def test_a_run_of_a_confidential_runbook_is_unknown_to_strangers(as_user, ben):
    service = make_service("Vault", classification=Classification.CONFIDENTIAL)
    run = make_run(ben, runbook=make_published("Vault", text=STEPS, service=service))
    stranger = as_user(make_user("cy", role=RESPONDER))
    for path in ("", "live/", "stop/"):
        assert stranger.get(f"/runs/{run.pk}/{path}").status_code == 404
    assert stranger.post(step_url(run, 0), {"do": "done"}).status_code == 404


def test_a_step_of_another_run_is_not_found(as_ben, ben):
    run = make_run(ben)
    other = make_run(ben, runbook=run.runbook)
    assert as_ben.post(f"/runs/{run.pk}/steps/{other.steps.first().pk}/", {"do": "done"}).status_code == 404


def test_the_live_answer_is_empty_while_nothing_changed(as_ben, ben):
    run = make_run(ben)
    first = as_ben.get(f"/runs/{run.pk}/live/")
    again = as_ben.get(f"/runs/{run.pk}/live/", headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    settle_step(run.steps.first(), user=ben, now=NOW)
    assert as_ben.get(f"/runs/{run.pk}/live/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_page_and_its_live_answer_have_the_same_tag(as_ben, ben):
    run = make_run(ben)
    page = as_ben.get(f"/runs/{run.pk}/")
    assert as_ben.get(f"/runs/{run.pk}/live/")["ETag"] == f'"{page.context["tag"]}"'


def test_the_number_of_queries_does_not_grow_with_the_run(as_ben, ben, django_assert_max_num_queries):
    items = "\n".join(f"- [ ] Look at thing {n}: `ls [folder]`" for n in range(60))
    run = make_run(ben, text=f"# Desk\n\n## Many\n\n{items}\n", key="many", incident=make_incident())
    for step in run.steps.all()[:30]:
        settle_step(step, user=ben, now=NOW, note="fine", output="x")
    skip_step(run.steps.all()[31], "no", user=ben, now=NOW)
    flag_step(run.steps.all()[32], "odd", user=ben, now=NOW)
    with django_assert_max_num_queries(9):
        as_ben.get(f"/runs/{run.pk}/")


def test_an_unchanged_poll_costs_three_queries(as_ben, ben, django_assert_max_num_queries):
    run = make_run(ben)
    tag = as_ben.get(f"/runs/{run.pk}/live/")["ETag"]
    with django_assert_max_num_queries(3):
        as_ben.get(f"/runs/{run.pk}/live/", headers={"If-None-Match": tag})

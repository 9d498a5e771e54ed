"""Which places of a runbook can be run, and the steps that a run freezes."""

from pathlib import Path

import pytest

from incidents.steps import MOST_STEPS, find_source, find_sources, freeze_steps
from runbooks.reading import read
from tests.incidents.run_texts import STEPS

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "portal" / "example" / "runbooks").rglob("*.md"))
SEEDS = ROOT.parent / "shared" / "seeds"
SEED_FILES = sorted(SEEDS.glob("*.md")) if SEEDS.is_dir() else []


def sources(text):
    return find_sources(read(text).to_dict())


def freeze(text, key):
    document = read(text).to_dict()
    return freeze_steps(document, text, find_source(document, key), page="/page/")


def titles(text, key):
    return [step.title for step in freeze(text, key)]


def test_a_numbered_list_is_a_source():
    [source] = sources("# A\n\n## Restart\n\n1. One\n2. Two\n")
    assert (source.key, source.title, source.count, source.kind) == ("restart", "Restart", 2, "procedure")


def test_a_checklist_is_a_source():
    [source] = sources("# A\n\n## Before\n\n- [ ] One\n- [ ] Two\n  - [ ] Two and a half\n")
    assert (source.kind, source.count) == ("checklist", 3)


def test_a_section_with_several_lists_is_one_source_with_phases_and_each_list_another():
    text = "# A\n\n## Move\n\n**Before:**\n\n- [ ] One\n\n**Do:**\n\n1. Two\n2. Three\n"
    whole, first, second = sources(text)
    assert (whole.key, whole.count, whole.phases) == ("move", 3, ("Before", "Do"))
    assert (first.title, second.title) == ("Before", "Do")
    assert titles(text, first.key) == ["One"]
    assert titles(text, second.key) == ["Two", "Three"]


def test_a_chapter_gathers_what_stands_below_it():
    text = "# A\n\n## Deploy\n\n### Before\n\n- [ ] One\n\n### Do\n\n1. Two\n2. Three\n"
    assert [source.key for source in sources(text)] == ["deploy", "before", "do"]
    assert [(step.phase, step.title) for step in freeze(text, "deploy")] == [
        ("Before", "One"),
        ("Do", "Two"),
        ("Do", "Three"),
    ]


def test_headings_that_are_steps_bring_everything_below_them():
    text = "# A\n\n## Deploy\n\n### Step 1: Build\n\nSlowly.\n\n```bash\nmake build\n```\n\n### Step 2: Send\n\nNow.\n"
    build, send = freeze(text, "deploy")
    assert (build.number, build.title, build.anchor) == ("1", "Build", "step-1-build")
    assert "<p>Slowly.</p>" in build.html
    assert "make build" in build.html
    assert "<p>Now.</p>" in send.html
    assert [command["code"] for command in build.commands] == ["make build\n"]


def test_headings_with_nothing_but_a_checklist_are_phases():
    text = "# A\n\n## Respond\n\n### 1. Detect\n\n- [ ] Look\n- [ ] Listen\n\n### 2. Tell\n\n- [ ] Ring\n"
    assert [(step.phase, step.title) for step in freeze(text, "respond")] == [
        ("1. Detect", "Look"),
        ("1. Detect", "Listen"),
        ("2. Tell", "Ring"),
    ]


def test_a_step_with_a_command_and_a_checklist_is_followed_by_its_items():
    text = "# A\n\n## Go\n\n### Step 1: Migrate\n\n```\nmigrate up\n```\n\n- [ ] Looked at it\n\n### Step 2: Rest\n\nRest.\n"
    assert [(step.number, step.title) for step in freeze(text, "go")] == [
        ("1", "Migrate"),
        ("1.1", "Looked at it"),
        ("2", "Rest"),
    ]


def test_the_anchor_of_a_step_leads_to_its_procedure():
    text = "# A\n\n## Deploy\n\n### Step 1: Build\n\nx\n\n### Step 2: Send\n\ny\n"
    assert find_source(read(text).to_dict(), "step-2-send").key == "deploy"


def test_an_alert_is_gone_through_with_its_commands_and_says_what_stands_between():
    steps = freeze(STEPS, "alert-desksilent")
    assert [(step.phase, step.title) for step in steps] == [
        ("Immediate Actions", "Ring the desk"),
        ("Immediate Actions", "Look out of the window"),
        ("Commands", "Back to the last version"),
        ("Afterwards", "Write it down"),
    ]
    assert "Critical" in steps[0].html
    assert "turn the big switch" in steps[2].html
    assert steps[2].commands[0]["effect"] == "write"


def test_bullets_that_resolve_a_known_issue_are_steps():
    text = "# A\n\n## Issue: It is slow\n\n**Diagnosis:**\n\n1. Look\n2. Wait\n\n**Resolution:**\n\n- Restart it\n- Go home\n"
    steps = freeze(text, "issue-it-is-slow")
    assert [(step.phase, step.title, step.line) for step in steps][2:] == [
        ("Resolution", "Restart it", 12),
        ("Resolution", "Go home", 13),
    ]


def test_an_inline_command_and_a_link_are_drawn_below_the_title():
    _, restart, look, _ = freeze(STEPS, "restart")
    assert "data-copy" in restart.html
    assert 'href="https://grafana.example.net/desk"' in look.html
    assert look.expected == "Three pods, all Running"


def test_placeholders_of_commands_are_kept_with_their_labels():
    _, restart, look, _ = freeze(STEPS, "restart")
    assert [p["name"] for p in restart.commands[0]["placeholders"]] == ["service-name"]
    assert {p["name"] for command in look.commands for p in command["placeholders"]} == {"namespace", "service-name"}


def test_the_line_of_a_step_is_that_of_the_text():
    lines = STEPS.split("\n")
    assert [lines[step.line - 1][:12] for step in freeze(STEPS, "restart")] == [
        "1. Tell the ",
        "2. Restart t",
        "3. Look at t",
        "4. Tell the ",
    ]


def test_only_what_says_so_is_required():
    text = "# A\n\n## Go\n\n1. Lock the door (required)\n2. **Required:** count\n3. The pier must be empty\n4. Required reading\n"
    assert [step.is_required for step in freeze(text, "go")] == [True, True, False, False]


def test_links_within_the_runbook_lead_to_its_page():
    text = "# A\n\n## Go\n\n1. See [there](#there)\n2. Rest\n\n## There\n\nx\n"
    assert 'href="/page/#there"' in freeze(text, "go")[0].html


def test_names_of_elements_are_the_step_s_own():
    text = "# A\n\n## Go\n\n1. One\n   - [ ] a\n2. Two[^1]\n\n[^1]: Note\n"
    html = "".join(step.html for step in freeze(text, "go"))
    assert ' id="task:' not in html
    assert ' id="fn' not in html


def test_hostile_text_in_a_step_is_harmless():
    text = "# A\n\n## Go\n\n1. One\n\n   <script>alert(1)</script><img src=x onerror=alert(1)>\n2. [x](javascript:alert(1))\n"
    html = "".join(step.html for step in freeze(text, "go"))
    assert "<script" not in html
    assert "onerror" not in html
    assert "javascript:" not in html.replace('title="This link leads nowhere: javascript:alert(1)"', "")


@pytest.mark.parametrize("text", ["", "# A\n\nOnly words.\n", "# A\n\n## B\n\n- one\n- two\n", "# A\n\n1. alone\n"])
def test_words_alone_are_no_source(text):
    assert sources(text) == []


def test_a_text_without_headings_can_be_run():
    [source] = sources("- [ ] One\n- [ ] Two\n")
    assert source.count == 2
    assert titles("- [ ] One\n- [ ] Two\n", source.key) == ["One", "Two"]


def test_a_book_of_steps_is_cut():
    text = "# A\n\n## Go\n\n" + "".join(f"- [ ] Thing {n}\n" for n in range(MOST_STEPS + 50))
    [source] = sources(text)
    assert source.count == MOST_STEPS == len(freeze(text, "go"))


def test_an_unknown_place_has_no_source():
    document = read(STEPS).to_dict()
    assert find_source(document, "overview") is None
    assert find_source(document, "nowhere") is None
    assert find_source(document, "") is None


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_place_of_the_example_company_can_be_frozen(path):
    check_every_place(path)


@pytest.mark.skipif(not SEED_FILES, reason="the seeds are not here")
@pytest.mark.parametrize("path", SEED_FILES, ids=lambda path: path.stem)
def test_every_place_of_the_seeds_can_be_frozen(path):
    check_every_place(path)


def check_every_place(path):
    text = path.read_text()
    document = read(text, path=path.name).to_dict()
    found = find_sources(document)
    assert len({source.key for source in found}) == len(found)
    frozen: set[int | None] = set()
    for source in found:
        steps = freeze_steps(document, text, find_source(document, source.key))
        assert len(steps) == source.count > 0
        assert all(step.title for step in steps)
        frozen |= {step.line for step in steps}
    items = {item["line"] for checklist in document["checklists"] for item in checklist["items"]}
    procedures = {step["line"] for procedure in document["procedures"] for step in procedure["steps"]}
    headings_replaced = {step["line"] for p in document["procedures"] for step in p["steps"] if step["checklist"]}
    assert items <= frozen
    assert procedures - headings_replaced <= frozen


def test_the_incident_response_steps_of_the_system_seed_are_phases():
    if not SEED_FILES:
        pytest.skip("the seeds are not here")
    text = (SEEDS / "system-runbook.md").read_text()
    phases = dict.fromkeys(step.phase for step in freeze(text, "72-incident-response-steps"))
    assert len(phases) == 6

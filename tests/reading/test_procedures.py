from __future__ import annotations

from tests.reading.structure_of import document_of

STEPS = """# Ledger

## Release

### Step 1: Freeze the books

```bash
ledgerctl freeze
```

**Expected Output:** `frozen`

### Step 2 - Ship it

```bash
kubectl apply -f ledger.yaml
kubectl rollout status deployment/ledger
```

**Verification:**
- [ ] Pods are ready
- [ ] Totals agree

### Step 3: Thaw

Expected output:

```
thawed
```
"""


def test_step_headings_under_one_parent_are_one_procedure():
    (found,) = document_of(STEPS).procedures
    assert (found.title, found.section) == ("Release", "release")
    assert [(step.number, step.title) for step in found.steps] == [(1, "Freeze the books"), (2, "Ship it"), (3, "Thaw")]


def test_each_step_owns_its_commands_checks_and_expected_output():
    document = document_of(STEPS)
    first, second, third = document.procedures[0].steps
    assert "ledgerctl freeze" in document.commands[first.commands[0]].code
    assert first.expected == "frozen"
    assert second.checklist == ("Pods are ready", "Totals agree")
    assert third.expected == "thawed"


def test_numbering_that_starts_again_is_another_procedure():
    text = "# A\n\n## Up\n\n### Step 1: a\n\n### Step 2: b\n\n### Step 1: c\n\n### Step 2: d\n"
    assert [len(found.steps) for found in document_of(text).procedures] == [2, 2]


def test_a_numbered_list_is_a_procedure_named_by_section_and_lead_in():
    (found,) = document_of("# A\n\n## Outage\n\nWhen it is down:\n\n1. Look\n2. Page\n").procedures
    assert found.title == "Outage: When it is down"
    assert [step.title for step in found.steps] == ["Look", "Page"]


def test_code_nested_in_items_belongs_to_them():
    text = "# A\n\n## B\n\n1. **Back up**\n   ```bash\n   pg_dump ledger\n   ```\n\n2. Wait\n3. Check with `kubectl get pods`\n"
    document = document_of(text)
    assert [len(step.commands) for step in document.procedures[0].steps] == [1, 0, 1]


def test_code_between_items_that_interrupts_the_list_keeps_it_one_procedure():
    text = "# A\n\n## B\n\n1. One\n\n```bash\nls\n```\n\n2. Two\n\n```bash\ndf -h\n```\n"
    (found,) = document_of(text).procedures
    assert [len(step.commands) for step in found.steps] == [1, 1]


def test_one_item_is_no_procedure():
    assert document_of("# A\n\n## B\n\n1. Only this\n").procedures == ()


def test_a_step_that_points_to_another_section_stays_a_step():
    text = "# A\n\n1. Stop the queue\n2. Still failing? Go to [Rollback](#rollback)\n\n## Rollback\n\nUndo it.\n"
    [procedure] = document_of(text).procedures
    assert [step.number for step in procedure.steps] == [1, 2]


def test_a_table_of_contents_is_no_procedure():
    assert document_of("# A\n\n## Contents\n\n1. [B](#b)\n2. [C](#c)\n\n## B\n\n## C\n").procedures == ()


def test_a_list_of_placeholders_is_no_procedure():
    assert document_of("# A\n\n## B\n\n1. [Step 1]\n2. [Step 2]\n").procedures == ()


def test_numbered_headings_below_a_section_are_steps():
    text = "# A\n\n## Incident\n\n#### 1. Detect\n- [ ] real?\n\n#### 2. Tell\n- [ ] post\n"
    (found,) = document_of(text).procedures
    assert [(step.title, step.checklist) for step in found.steps] == [("Detect", ("real?",)), ("Tell", ("post",))]


def test_numbered_chapters_are_no_steps():
    assert document_of("# A\n\n## 1. Overview\n\nx\n\n## 2. Release\n\ny\n").procedures == ()


def test_a_list_inside_a_step_is_not_a_procedure_of_its_own():
    assert len(document_of("# A\n\n## B\n\n### Step 1: x\n\n1. a\n2. b\n\n### Step 2: y\n").procedures) == 1


def test_a_numbered_ladder_is_no_procedure():
    assert document_of("# A\n\n## Escalation\n\n1. Level 1: Support\n2. Level 2: Lead\n").procedures == ()


def test_a_step_that_was_put_in_with_a_letter_belongs_to_the_procedure():
    text = "# A\n\n## Up\n\n### Step 1: a\n\n### Step 1a: b\n\n### Step 1b - c\n\n### Step 2: d\n"
    (found,) = document_of(text).procedures
    assert [(step.number, step.title) for step in found.steps] == [(1, "a"), (1, "b"), (1, "c"), (2, "d")]

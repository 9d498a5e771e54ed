from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.comparing.diffing import Diff, compare
from runbooks.comparing.hunks import MAX_ROWS, Row
from runbooks.comparing.lines import split_lines
from runbooks.comparing.pairing import Span, compare_words

RUNBOOK = """# Signal box

Opening words.

## 1. Overview

One line.

### 1.1 Levers

Pull lever one.
Pull lever two.
Pull lever three.

## 2. Commands

```bash
# Look first
box status --line north
box set --line north --signal clear
```

## 3. Contacts

Ring the box.
"""

texts = st.text(alphabet="ab \n\r#`\ufeff", max_size=60)


def kinds(diff: Diff) -> list[str]:
    return [row.kind for row in diff.rows]


def words(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)


def marked(spans: tuple[Span, ...]) -> list[str]:
    return [span.text for span in spans if span.changed]


def changed_rows(diff: Diff) -> list[Row]:
    return [row for row in diff.rows if row.kind in ("changed", "added", "removed")]


def test_equal_texts_have_no_rows() -> None:
    diff = compare(RUNBOOK, RUNBOOK)
    assert diff.is_empty
    assert list(diff.rows) == []
    assert (diff.added, diff.removed, diff.sections) == (0, 0, ())


def test_an_edited_word_is_marked_on_both_sides() -> None:
    diff = compare(RUNBOOK, RUNBOOK.replace("Pull lever two", "Push lever two"))
    [row] = changed_rows(diff)
    assert (row.kind, row.old_line, row.new_line) == ("changed", 12, 12)
    assert marked(row.old) == ["Pull"]
    assert marked(row.new) == ["Push"]
    assert words(row.new) == "Push lever two."


def test_neighbouring_changed_words_are_one_mark() -> None:
    old, new = compare_words("Wait one short minute between steps.", "Wait three long minutes between steps.")
    assert marked(old) == ["one short minute"]
    assert marked(new) == ["three long minutes"]


def test_unchanged_parts_are_folded_into_gaps_with_their_lines() -> None:
    diff = compare(RUNBOOK, RUNBOOK.replace("Ring the box.", "Ring the box twice."))
    first = next(diff.rows)
    assert (first.kind, first.old_line, first.old_end, first.new_line, first.new_end) == ("gap", 1, 21, 1, 21)
    assert first.size == 21


def test_context_says_how_many_lines_stay_around_a_change() -> None:
    edited = RUNBOOK.replace("Pull lever two", "Push lever two")
    assert kinds(compare(RUNBOOK, edited, context=1)) == ["gap", "same", "changed", "same", "gap"]
    assert kinds(compare(RUNBOOK, edited, context=0)) == ["gap", "changed", "gap"]


def test_a_single_unchanged_line_is_shown_rather_than_folded() -> None:
    diff = compare("a\nb\nc\n", "a\nb\nx\n", context=1)
    assert "gap" not in kinds(diff)


def test_a_hunk_names_the_headings_it_stands_under_without_the_title() -> None:
    [hunk] = compare(RUNBOOK, RUNBOOK.replace("Pull lever two", "Push lever two")).hunks
    assert hunk.section == ("1. Overview", "1.1 Levers")
    assert hunk.lines == (9, 15)


def test_near_changes_of_two_sections_are_two_hunks() -> None:
    edited = RUNBOOK.replace("One line.", "Two lines.").replace("Pull lever one", "Push lever one")
    hunks = compare(RUNBOOK, edited).hunks
    assert [hunk.section for hunk in hunks] == [("1. Overview",), ("1. Overview", "1.1 Levers")]
    assert words(hunks[1].rows[0].new) == "### 1.1 Levers"


def test_a_heading_like_line_inside_a_code_block_is_no_section() -> None:
    [hunk] = compare(RUNBOOK, RUNBOOK.replace("signal clear", "signal danger")).hunks
    assert hunk.section == ("2. Commands",)


def test_counts_say_lines_sections_and_commands() -> None:
    edited = RUNBOOK.replace("signal clear", "signal danger\nbox status --all").replace("Ring the box.\n", "")
    diff = compare(RUNBOOK, edited)
    assert (diff.added, diff.removed) == (2, 2)
    assert (diff.commands_added, diff.commands_edited, diff.commands_removed) == (1, 1, 0)
    assert diff.sections == (("2. Commands",), ("3. Contacts",))
    assert diff.sections_total == 4


def test_comments_and_data_blocks_are_no_commands() -> None:
    old = "```bash\n# One\n```\n```yaml\na: 1\n```\n"
    new = "```bash\n# Two\n```\n```yaml\na: 2\n```\n"
    diff = compare(old, new)
    assert (diff.commands_added, diff.commands_edited) == (0, 0)


def test_a_drawing_without_a_language_holds_no_commands() -> None:
    old = "```\nLevel 1: Ada\n    |\n    v (if not resolved in 15 min)\nLevel 2: Ben\n```\n"
    assert compare(old, old.replace("15", "30")).commands_edited == 0


def test_a_command_in_a_block_without_a_language_counts() -> None:
    old = "```\nbox set --line north\n```\n"
    assert compare(old, old.replace("north", "south")).commands_edited == 1


def test_a_renamed_heading_counts_as_one_section() -> None:
    edited = RUNBOOK.replace("## 3. Contacts\n\nRing the box.", "## 3. Contacts and phones")
    assert compare(RUNBOOK, edited).sections == (("3. Contacts and phones",),)


def test_an_edited_line_is_paired_with_the_line_it_came_from() -> None:
    old = "Read the gauge.\nTurn the big wheel slowly to the left.\n"
    new = "Call the box.\nTurn the big wheel slowly to the right.\n"
    diff = compare(old, new)
    assert [(row.kind, row.old_line, row.new_line) for row in diff.rows] == [
        ("removed", 1, 0),
        ("added", 0, 1),
        ("changed", 2, 2),
    ]


def test_unified_rows_put_removed_lines_before_added_ones() -> None:
    diff = compare("a b c\nd e f\n", "a b x\nd e y\n")
    assert [row.kind for row in diff.rows] == ["changed", "changed"]
    assert [row.kind for row in diff.unified] == ["removed", "removed", "added", "added"]
    assert [(row.old_line, row.new_line) for row in diff.unified] == [(1, 0), (2, 0), (0, 1), (0, 2)]


def test_other_line_endings_are_one_fact_and_no_rows() -> None:
    diff = compare(RUNBOOK, RUNBOOK.replace("\n", "\r\n"))
    assert diff.is_empty
    assert (diff.endings.old, diff.endings.new) == ("LF", "CRLF")
    assert diff.endings.changed == RUNBOOK.count("\n")


def test_a_missing_last_newline_is_told() -> None:
    diff = compare("a\nb\n", "a\nb")
    assert diff.is_empty
    assert diff.endings.final_newline == "removed"
    assert diff.endings.changed == 0


def test_mixed_endings_are_named() -> None:
    assert compare("a\r\nb\n", "a\nb\n").endings.old == "mixed"


def test_form_feeds_and_line_separators_do_not_break_lines() -> None:
    assert [line.text for line in split_lines("a\x0cb\u2028c\nd")] == ["a\x0cb\u2028c", "d"]


def test_texts_without_a_common_line_are_replaced_whole() -> None:
    old = "".join(f"north {number} {number}\n" for number in range(3_000))
    new = "".join(f"{number} south of here\n" for number in range(3_001))
    diff = compare(old, new)
    assert (diff.added, diff.removed) == (3_001, 3_000)
    assert diff.is_coarse


def test_rows_beyond_the_limit_are_cut_and_still_counted() -> None:
    new = "".join(f"{number}\n" for number in range(MAX_ROWS + 500))
    diff = compare("", new)
    rows = list(diff.rows)
    assert diff.is_cut
    assert len(rows) == MAX_ROWS + 1
    assert (rows[-1].kind, rows[-1].new_line, rows[-1].new_end) == ("cut", MAX_ROWS + 1, MAX_ROWS + 500)
    assert diff.added == MAX_ROWS + 500


def test_two_lines_repeated_at_random_for_a_megabyte_still_compare() -> None:
    old = "".join("a\n" if number * number % 7 < 3 else "b\n" for number in range(250_000))
    new = "".join("a\n" if number * number % 11 < 5 else "b\n" for number in range(250_000))
    assert compare(old, new).is_coarse


def test_a_line_of_a_megabyte_is_marked_from_its_first_to_its_last_difference() -> None:
    old = "x " * 300_000 + "left" + " y" * 200_000
    [row] = compare(old, old.replace("left", "right")).rows
    assert marked(row.old) == ["lef"]
    assert marked(row.new) == ["righ"]


@settings(max_examples=300, deadline=None)
@given(texts, texts, st.integers(0, 4))
def test_both_texts_can_be_read_back_from_the_rows(old: str, new: str, context: int) -> None:
    old_lines, new_lines = [line.text for line in split_lines(old)], [line.text for line in split_lines(new)]
    diff = compare(old, new, context=context)
    seen: list[str] = []
    seen_new: list[str] = []
    for row in diff.rows:
        if row.kind == "gap":
            seen += old_lines[row.old_line - 1 : row.old_end]
            seen_new += new_lines[row.new_line - 1 : row.new_end]
            continue
        seen += [words(row.old)] if row.old_line else []
        seen_new += [words(row.new)] if row.new_line else []
    if not diff.is_empty:
        assert (seen, seen_new) == (old_lines, new_lines)
    else:
        assert old_lines == new_lines


@settings(max_examples=200, deadline=None)
@given(texts, texts)
def test_the_counts_are_those_of_the_rows(old: str, new: str) -> None:
    diff = compare(old, new)
    rows = changed_rows(diff)
    assert diff.added == sum(row.kind in ("added", "changed") for row in rows) == sum(h.added for h in diff.hunks)
    assert diff.removed == sum(row.kind in ("removed", "changed") for row in rows) == sum(h.removed for h in diff.hunks)
    assert [row.kind for row in diff.unified].count("added") == diff.added


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_marked_words_add_up_to_the_lines(old: str, new: str) -> None:
    spans, new_spans = compare_words(old, new)
    assert (words(spans), words(new_spans)) == (old, new)
    unchanged = ["".join(span.text for span in side if not span.changed) for side in (spans, new_spans)]
    assert unchanged[0].split() == unchanged[1].split()

"""Deviations put into a text: exactly the lines that are meant, every other byte as it was."""

import difflib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.deviations import Added, Suggested, apply

TEXT = """\
# Desk

## Restart

1. **Drain** the queue
   and wait

   ```bash
   drain
   ```

2. Restart

- [ ] a
- [x] b
  goes on
  - [ ] c
- [ ] d

### Step 1: Look

Words.

### Step 2: Act

Words.
"""


def find_line(words, text=TEXT):
    return next(number for number, line in enumerate(text.split("\n"), start=1) if words in line)


def changes(result, text=TEXT):
    """The lines that are different, as `-old` and `+new`."""
    lines = difflib.ndiff(text.splitlines(keepends=True), result.text.splitlines(keepends=True))
    return [line[0] + line[2:].rstrip("\n") for line in lines if line[0] in "+-"]


def suggest(words, text, markdown=TEXT):
    return apply(markdown, [Suggested(find_line(words, markdown), text)], [])


def add(title, after=None, before=None, markdown=TEXT):
    lines = [find_line(words, markdown) if words else None for words in (after, before)]
    return apply(markdown, [], [Added(title, *lines)])


def test_nothing_to_do_is_the_same_text():
    assert apply(TEXT, [], []).text == TEXT


def test_a_task_keeps_its_box_and_place():
    assert changes(suggest("] a", "Ask the pier")) == ["-- [ ] a", "+- [ ] Ask the pier"]


def test_a_ticked_box_stays_ticked_and_the_whole_paragraph_goes():
    assert sorted(changes(suggest("] b", "Better"))) == sorted(["-- [x] b", "-  goes on", "+- [x] Better"])


def test_a_nested_task_keeps_its_indent():
    assert changes(suggest("] c", "Better")) == ["-  - [ ] c", "+  - [ ] Better"]


def test_a_number_stays_and_more_lines_are_indented():
    result = suggest("Drain", "Drain it:\n\n```bash\ndrain --now\n```\n")
    assert "1. Drain it:\n\n   ```bash\n   drain --now\n   ```\n\n   ```bash\n   drain\n" in result.text


@pytest.mark.parametrize("words", ["- [ ] Better", "* Better", "3. Better", "  Better  ", "Better\r\n"])
def test_a_marker_in_the_suggestion_is_not_doubled(words):
    assert changes(suggest("] a", words)) == ["-- [ ] a", "+- [ ] Better"]


def test_a_heading_stays_and_the_words_go_below_it():
    result = suggest("Step 1", "Look twice.")
    assert "### Step 1: Look\n\nLook twice.\n\nWords.\n" in result.text
    assert not [line for line in changes(result) if line.startswith("-")]


def test_a_command_of_one_line_is_replaced():
    text = "# A\n\n```bash\nrun\n```\n"
    assert suggest("```bash", "run --safe", text).text == "# A\n\n```bash\nrun --safe\n```\n"


def test_a_longer_command_is_left_to_a_person():
    text = "# A\n\n```bash\none\ntwo\n```\n"
    result = suggest("```bash", "three", text)
    assert result.text == text and result.homeless == [Suggested(3, "three")]


@pytest.mark.parametrize("line", [2, 19, 999])
def test_what_has_no_place_is_named(line):
    result = apply(TEXT, [Suggested(line, "Better")], [])
    assert result.text == TEXT and len(result.homeless) == 1


def test_of_two_suggestions_for_a_line_the_later_counts():
    line = find_line("] a")
    result = apply(TEXT, [Suggested(line, "One"), Suggested(line, "Two")], [])
    assert "- [ ] Two\n" in result.text and "One" not in result.text


def test_an_added_task_stands_after_the_one_before_it():
    assert changes(add("New", "] a", "] b")) == ["+- [ ] New"]
    assert "- [ ] a\n- [ ] New\n- [x] b\n" in add("New", "] a", "] b").text


def test_between_a_task_and_its_first_child_it_is_a_child():
    assert "  goes on\n  - [ ] New\n  - [ ] c\n" in add("New", "] b", "] c").text


def test_after_the_last_child_it_is_a_child():
    assert "  - [ ] c\n  - [ ] New\n- [ ] d\n" in add("New", "] c", "] d").text


def test_before_the_first_task():
    assert "\n- [ ] New\n- [ ] a\n" in add("New", None, "] a").text


def test_an_added_number_counts_on_and_the_rest_is_left_alone():
    assert "   ```\n\n2. New\n\n2. Restart\n" in add("New", "Drain", "2. Restart").text


def test_where_all_numbers_are_one_it_is_one():
    text = "1. a\n1. b\n"
    assert add("New", "1. a", "1. b", text).text == "1. a\n1. New\n1. b\n"


def test_two_added_in_one_place_keep_their_order():
    lines = find_line("] a"), find_line("] b")
    result = apply(TEXT, [], [Added("One", *lines), Added("Two", *lines)])
    assert "- [ ] a\n- [ ] One\n- [ ] Two\n- [x] b\n" in result.text


def test_code_below_an_item_stays_with_it():
    text = "## A\n\n1. One\n\n```bash\nrun\n```\n\n2. Two\n"
    assert add("New", "1. One", "2. Two", text).text == "## A\n\n1. One\n\n```bash\nrun\n```\n\n2. New\n\n2. Two\n"


def test_the_last_of_a_list_is_not_drawn_into_the_next_one():
    text = "## A\n\n1. One\n2. Two\n\n**Then:**\n\n1. Three\n"
    assert add("New", "2. Two", "1. Three", text).text == text.replace("2. Two\n", "2. Two\n3. New\n")


def test_a_paragraph_between_two_items_that_count_on_stays_with_the_first():
    text = "## A\n\n1. One\n\nWait for it.\n\n2. Two\n"
    assert add("New", "1. One", "2. Two", text).text == text.replace("2. Two\n", "2. New\n\n2. Two\n")


def test_two_blocks_of_code_below_an_item_stay_with_it():
    text = "## A\n\n1. One\n\n```\na\n```\n\n```\nb\n```\n\n2. Two\n"
    assert add("New", "1. One", "2. Two", text).text == text.replace("2. Two\n", "2. New\n\n2. Two\n")


def test_a_heading_gets_a_letter_as_other_headings_are_linked_to():
    assert "Words.\n\n### Step 1a: New\n\n### Step 2: Act\n" in add("New", "Step 1", "Step 2").text


def test_between_a_heading_and_the_first_task_below_it_it_is_a_task():
    text = "## A\n\n### Step 1: Look\n\nrun it\n\n- [ ] One\n\n### Step 2: Act\n\nx\n"
    assert add("New", "Step 1", "] One", text).text == text.replace("- [ ] One\n", "- [ ] New\n- [ ] One\n")


def test_after_the_last_heading_it_ends_the_text():
    assert add("New", "Step 2").text == TEXT + "\n### Step 2a: New\n"


def test_windows_line_endings_stay():
    text = TEXT.replace("\n", "\r\n")
    result = apply(text, [Suggested(find_line("] a"), "Better\nmore")], [Added("New", find_line("] d"), None)])
    assert result.text.count("\r\n") == result.text.count("\n") == text.count("\n") + 2
    assert "- [ ] Better\r\n  more\r\n" in result.text


def test_a_text_that_ends_in_the_middle_of_a_line_still_does():
    assert add("New", "] a", None, "- [ ] a").text == "- [ ] a\n- [ ] New"
    assert suggest("] a", "Better", "- [ ] a").text == "- [ ] Better"


def test_front_matter_is_counted_and_left():
    text = "---\nowner: Ada\n---\n\n- [ ] a\n"
    assert suggest("] a", "Better", text).text == "---\nowner: Ada\n---\n\n- [ ] Better\n"


def test_a_byte_order_mark_stays():
    assert suggest("] a", "Better", "\ufeff- [ ] a\n- [ ] b\n").text == "\ufeff- [ ] Better\n- [ ] b\n"


lines = st.lists(
    st.sampled_from(
        ["- [ ] a", "- b", "  - c", "1. d", "2. e", "", "", "# H", "### Step 1: x", "```", "word", "> - q", "| a |"]
    ),
    max_size=20,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines, st.integers(1, 20), st.integers(1, 20), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_whatever_the_text_adding_takes_nothing_away(parts, after, before, ending, ends):
    text = ending.join(parts) + (ending if ends else "")
    result = apply(text, [], [Added("zzz", after, before)])
    left = [line for line in result.text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if "zzz" not in line]
    wanted = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert [line for line in left if line] == [line for line in wanted if line]
    assert (result.text.count("zzz") == 1) == (result.added == 1)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines, st.integers(1, 20), st.sampled_from(["better", "two\nlines", "- [ ] x", "```\ncode\n```"]))
def test_whatever_the_text_a_suggestion_touches_one_place(parts, line, words):
    text = "\n".join(parts)
    result = apply(text, [Suggested(line, words)], [])
    before, after = text.split("\n"), result.text.split("\n")
    start = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
    assert result.changed or result.text == text
    assert start >= min(line - 1, len(before)) or result.text == text

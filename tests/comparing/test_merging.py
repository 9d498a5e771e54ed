from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.comparing.lines import join_lines, split_lines
from runbooks.comparing.merging import keep_line_endings, merge

BASE = "one\ntwo\nthree\nfour\nfive\n"

texts = st.text(alphabet="abc\n\r\ufeff", max_size=40)


def line_texts(text: str) -> list[str]:
    return [line.text for line in split_lines(text)]


def send_through_browser(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def test_edits_in_different_places_are_both_taken() -> None:
    merged = merge(BASE, BASE.replace("one", "ONE"), BASE.replace("five", "FIVE"))
    assert not merged.has_conflicts
    assert merged.text == "ONE\ntwo\nthree\nfour\nFIVE\n"
    assert [region.kind for region in merged.regions] == ["mine", "same", "theirs"]


def test_the_same_edit_on_both_sides_is_taken_once() -> None:
    edited = BASE.replace("three", "3")
    merged = merge(BASE, edited, edited)
    assert merged.text == edited
    assert not merged.has_conflicts


def test_different_edits_of_one_line_are_a_conflict_with_both_texts() -> None:
    merged = merge(BASE, BASE.replace("three", "mine 3"), BASE.replace("three", "their 3"))
    [conflict] = merged.conflicts
    assert (conflict.base, conflict.mine, conflict.theirs) == ("three\n", "mine 3\n", "their 3\n")
    assert (conflict.base_line, conflict.mine_line, conflict.theirs_line) == (3, 3, 3)


def test_a_conflict_stands_between_markers_with_the_given_names() -> None:
    merged = merge("a\n", "b\n", "c\n", mine_name="your text", theirs_name="version 1.2")
    assert merged.text == "<<<<<<< your text\nb\n=======\nc\n>>>>>>> version 1.2\n"


def test_markers_stand_on_their_own_lines_when_the_last_line_has_no_ending() -> None:
    assert merge("a", "b", "c").text == "<<<<<<< mine\nb\n=======\nc\n>>>>>>> theirs\n"


def test_markers_take_the_ending_of_the_text() -> None:
    assert "=======\r\n" in merge("a\r\n", "b\r\n", "c\r\n").text


def test_a_line_deleted_by_one_side_and_edited_by_the_other_is_a_conflict() -> None:
    merged = merge(BASE, BASE.replace("three\n", ""), BASE.replace("three", "3"))
    [conflict] = merged.conflicts
    assert (conflict.mine, conflict.theirs) == ("", "3\n")


def test_a_large_text_with_repeated_lines_merges() -> None:
    base = "".join(f"{number % 50}\n" for number in range(20_000))
    merged = merge(base, "mine\n" + base, base + "theirs\n")
    assert merged.text == "mine\n" + base + "theirs\n"


@given(texts, texts)
def test_an_edit_of_one_side_only_is_the_result(base: str, edited: str) -> None:
    assert merge(base, edited, base).text == edited
    assert merge(base, base, edited).text == edited
    assert merge(base, edited, edited).text == edited


@settings(max_examples=400, deadline=None)
@given(texts, texts, texts)
def test_no_line_that_one_side_added_is_lost(base: str, mine: str, theirs: str) -> None:
    merged = Counter(line_texts(merge(base, mine, theirs).text))
    for side in (mine, theirs):
        for text, count in Counter(line_texts(side)).items():
            if text not in line_texts(base):
                assert merged[text] >= count


@given(texts, texts, texts)
def test_the_regions_add_up_to_each_of_the_three_texts(base: str, mine: str, theirs: str) -> None:
    regions = merge(base, mine, theirs).regions
    assert "".join(region.base for region in regions) == base
    assert "".join(region.mine for region in regions) == mine
    assert "".join(region.theirs for region in regions) == theirs


def test_a_text_with_unix_endings_comes_back_from_a_browser() -> None:
    assert keep_line_endings(BASE, send_through_browser(BASE)) == BASE


def test_a_new_line_takes_the_ending_most_lines_have() -> None:
    assert keep_line_endings("a\r\nb\r\nc\n", "a\nb\nnew\nc\n") == "a\r\nb\r\nnew\r\nc\n"


def test_a_line_after_one_without_ending_gets_the_dominant_ending_between_them() -> None:
    assert keep_line_endings("a\nb", "a\r\nb\r\nc") == "a\nb\nc"


def test_a_byte_order_mark_that_the_browser_dropped_is_put_back() -> None:
    assert keep_line_endings("\ufeff# Title\n", "# Title\r\n") == "\ufeff# Title\n"


def test_a_last_newline_that_the_editor_removed_stays_removed() -> None:
    assert keep_line_endings("a\nb\n", "a\r\nb") == "a\nb"


def test_an_empty_line_after_a_lone_carriage_return_is_not_swallowed() -> None:
    kept = keep_line_endings("a\rb\nc\nd\n", "a\r\n\r\nb\r\nc\r\nd\r\n")
    assert line_texts(kept) == ["a", "", "b", "c", "d"]


@given(texts)
def test_an_untouched_text_comes_back_byte_for_byte(base: str) -> None:
    assert keep_line_endings(base, send_through_browser(base)) == base
    assert keep_line_endings(base, base) == base


@settings(max_examples=300, deadline=None)
@given(texts, texts)
def test_keeping_endings_changes_no_words(base: str, edited: str) -> None:
    kept = line_texts(keep_line_endings(base, send_through_browser(edited)))
    expected = line_texts(edited)
    assert [text.removeprefix("\ufeff") for text in kept] == [text.removeprefix("\ufeff") for text in expected]


@given(texts)
def test_joining_split_lines_gives_the_text_back(text: str) -> None:
    assert join_lines(split_lines(text)) == text

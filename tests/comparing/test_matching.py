from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runbooks.comparing.matching import Run, find_matches

items = st.lists(st.integers(0, 4), max_size=30)


@given(items, items)
def test_matched_runs_are_equal_and_rise_on_both_sides(a: list[int], b: list[int]) -> None:
    at, at_b = 0, 0
    for run in find_matches(a, b).runs:
        assert run.size > 0
        assert run.a >= at
        assert run.b >= at_b
        assert a[run.a : run.a + run.size] == b[run.b : run.b + run.size]
        at, at_b = run.a + run.size, run.b + run.size
    assert at <= len(a)
    assert at_b <= len(b)


@given(items)
def test_a_sequence_matches_itself_in_one_run(a: list[int]) -> None:
    assert find_matches(a, a).runs == ([Run(0, 0, len(a))] if a else [])


@given(items, items, items)
def test_an_insertion_is_found_between_the_ends_it_left_alone(
    head: list[int], middle: list[int], tail: list[int]
) -> None:
    matches = find_matches(head + tail, head + middle + tail)
    assert sum(run.size for run in matches.runs) == len(head + tail)


def test_an_item_that_is_unique_on_both_sides_is_an_anchor() -> None:
    a = ["}", "}", "heading", "}", "}"]
    b = ["{", "}", "{", "heading", "{", "}"]
    assert Run(2, 3, 1) in find_matches(a, b).runs


def test_the_shortest_edit_is_found_where_nothing_is_unique() -> None:
    matches = find_matches("abcabba", "cbabac")
    assert sum(run.size for run in matches.runs) == 4
    assert matches.is_complete


def test_a_spent_budget_leaves_the_rest_unmatched_and_says_so() -> None:
    a = [number % 3 for number in range(2_000)]
    b = [number * number % 3 for number in range(2_000)]
    assert not find_matches(a, b, budget=100).is_complete

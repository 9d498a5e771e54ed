"""Which two lines of a difference are shown."""

import pytest

from handoffs.sections.telling_lines import LONGEST_TEXT, choose_lines

BASE = "# Desk\n\n**Version:** 1.0\n\nCall the pier.\n\n```bash\nsystemctl restart desk\n```\n\nThen wait.\n"


def test_a_changed_command_tells_more_than_prose_and_a_stamp():
    newer = BASE.replace("1.0", "1.1").replace("Call the pier", "Call the whole pier").replace("restart", "reload")
    assert choose_lines(BASE, newer) == ("- systemctl restart desk", "+ systemctl reload desk")


def test_prose_tells_more_than_a_stamp():
    newer = BASE.replace("1.0", "1.1").replace("Then wait.", "Then wait a minute.")
    assert choose_lines(BASE, newer) == ("- Then wait.", "+ Then wait a minute.")


def test_a_stamp_alone_is_better_than_nothing():
    assert choose_lines(BASE, BASE.replace("1.0", "1.1")) == ("- **Version:** 1.0", "+ **Version:** 1.1")


def test_an_added_line_stands_alone():
    assert choose_lines(BASE, BASE + "\nTell the harbour master.\n") == ("+ Tell the harbour master.",)


def test_a_removed_line_stands_alone():
    assert choose_lines(BASE, BASE.replace("Then wait.\n", "")) == ("- Then wait.",)


@pytest.mark.parametrize("newer", [BASE, BASE.replace("\n", "\r\n"), BASE + "\n\n"])
def test_line_ends_and_empty_lines_tell_nothing(newer):
    assert choose_lines(BASE, newer) == ()


def test_long_lines_are_cut():
    lines = choose_lines("a " * 200, "a " * 200 + "b")
    assert [len(line) for line in lines] == [120, 120]


def test_texts_that_are_too_long_are_not_compared():
    assert choose_lines("a\n" * LONGEST_TEXT, "b\n" * LONGEST_TEXT) == ()

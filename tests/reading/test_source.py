"""Bytes to text and back, and the front matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.reading.source import NotText, decode, encode, split_front_matter


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_what_was_decoded_encodes_to_the_same_bytes(text: str) -> None:
    data = text.encode()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    assert encode(decode(data)) == data


def test_a_byte_order_mark_survives_the_round_trip() -> None:
    data = b"\xef\xbb\xbf# Title\r\n"
    assert encode(decode(data)) == data


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wide_encodings_are_refused_by_name(encoding: str) -> None:
    with pytest.raises(NotText, match=encoding.upper()):
        decode("# Title".encode(encoding))


def test_a_nul_byte_is_refused_with_its_line() -> None:
    with pytest.raises(NotText, match="line 2"):
        decode(b"one\ntw\0o\n")


def test_an_invalid_byte_is_refused_with_its_line_and_place() -> None:
    with pytest.raises(NotText, match=r"line 3 .*byte 8"):
        decode(b"one\ntwo\n\xe9\n")


def test_front_matter_gives_its_values_and_its_length() -> None:
    front = split_front_matter("---\ntitle: Disk full\nweight: 20\n---\n\n# Disk\n")
    assert front.data == {"title": "Disk full", "weight": 20}
    assert front.lines == 4


def test_dates_and_versions_stay_as_written() -> None:
    front = split_front_matter("---\nreviewed: 2026-03-01\nversion: 1.10\nat: 12:30\non: yes\n---\n")
    assert front.data == {"reviewed": "2026-03-01", "version": "1.10", "at": "12:30", "on": "yes"}


def test_front_matter_after_a_byte_order_mark_and_with_crlf_is_read() -> None:
    front = split_front_matter("\ufeff---\r\ntitle: A\r\n---\r\n# A\r\n")
    assert (front.data, front.lines) == ({"title": "A"}, 3)


def test_broken_yaml_is_told_and_still_skipped() -> None:
    front = split_front_matter("---\ntitle: [a\n---\ntext\n")
    assert front.lines == 3
    assert "not valid YAML" in front.problem


def test_yaml_aliases_are_refused() -> None:
    front = split_front_matter("---\na: &x [1]\nb: *x\n---\n")
    assert "aliases" in front.problem
    assert front.data == {}


def test_yaml_tags_make_no_objects() -> None:
    assert "not valid YAML" in split_front_matter("---\na: !!python/name:os.system\n---\n").problem


def test_front_matter_that_is_too_long_is_told() -> None:
    assert "64 KB" in split_front_matter("---\n" + "a: b\n" * 20_000 + "---\n").problem


def test_a_rule_at_the_start_is_no_front_matter() -> None:
    assert split_front_matter("---\nJust a sentence.\n---\n").lines == 0


def test_front_matter_without_an_end_is_none() -> None:
    assert split_front_matter("---\ntitle: A\n\n# A\n").lines == 0


@given(st.text())
def test_front_matter_never_raises(text: str) -> None:
    split_front_matter("---\n" + text + "\n---\n")

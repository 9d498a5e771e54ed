from __future__ import annotations

import pytest

from runbooks.comparing.outline import outline


def paths(text: str) -> list[tuple[str, ...]]:
    return list(outline(text.split("\n")).paths.values())


def commands(text: str) -> list[str]:
    lines = text.split("\n")
    return [lines[index] for index in sorted(outline(lines).commands)]


def test_a_path_leaves_the_title_out() -> None:
    assert paths("# Title\n## One\n### Two\n## Three") == [(), ("One",), ("One", "Two"), ("Three",)]


@pytest.mark.parametrize("line", ["## One ##", "##  One", "   ## One", "##\tOne  "])
def test_headings_are_read_as_commonmark_does(line: str) -> None:
    assert paths(line) == [("One",)]


@pytest.mark.parametrize("line", ["##One", "    ## One", "####### One", r"\## One"])
def test_lines_that_are_no_headings_are_none(line: str) -> None:
    assert paths(line) == []


def test_a_hash_at_the_end_of_a_word_stays() -> None:
    assert paths("## In C#") == [("In C#",)]


def test_front_matter_holds_no_headings() -> None:
    assert paths("---\n# a comment of YAML\ntitle: x\n---\n## One") == [("One",)]


def test_an_unclosed_front_matter_is_text() -> None:
    assert paths("---\n## One") == [("One",)]


def test_a_block_closes_with_a_fence_at_least_as_long() -> None:
    assert paths("````md\n```\n## Inside\n```\n````\n## Outside") == [("Outside",)]


def test_commands_in_a_list_item_are_seen() -> None:
    assert commands("1. Do\n   ```bash\n   box set\n   ```\n2. Done") == ["   box set"]


def test_an_unclosed_block_reaches_to_the_end() -> None:
    assert commands("```bash\nbox set\n## not a heading") == ["box set", "## not a heading"]


def test_data_is_no_command() -> None:
    assert commands("```yaml\nbox: set\n```") == []


def test_a_line_before_every_heading_has_no_path() -> None:
    assert outline(["text", "## One"]).path_at(0) == ()


def test_a_line_far_outside_has_no_path() -> None:
    assert outline(["## One"]).path_at(7) == ()

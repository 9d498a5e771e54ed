"""Whatever is thrown at the reader, it answers, and safely. How soon it does is a figure of `manage.py benchmark`."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.benchmark.hostile import HOSTILE, make_hostile
from runbooks.reading import Document, read
from tests.reading.safe import find_unsafe

SIZE = 50_000  # characters, to keep the suite short; the benchmark reads a megabyte of each


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_read_safely(name: str) -> None:
    document = read(make_hostile(name, SIZE))
    assert find_unsafe(document.html[:200_000]) == []


@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert isinstance(read(text), Document)


@given(st.binary())
def test_no_bytes_raise(data: bytes) -> None:
    assert isinstance(read(data), Document)


_PIECES = [
    *(
        "# A\n",
        "## 1.1 B\n",
        "\n",
        "- [ ] a\n",
        "  - b\n",
        "1. c\n",
        "   ```bash\n",
        "```\n",
        "    code\n",
        "> q\n",
        "> [!NOTE]\n",
    ),
    *(
        "| a | b |\n",
        "|---|---|\n",
        "| Alert | Severity |\n",
        "**Owner:** x\n",
        "[Name]",
        "<b>",
        "</div>",
        "<!--",
        "-->",
        "[a](b)",
    ),
    *(
        "[^1]",
        "[^1]: n\n",
        "![i](j)",
        "`kubectl get po`",
        "$ ls\n",
        "cat <<EOF\n",
        "EOF\n",
        "---\n",
        "\t",
        "\r\n",
        "\ufeff",
        "\0",
    ),
    *(
        "!!! note\n",
        "    body\n",
        "{{< hint info >}}\n",
        "{{< /hint >}}\n",
        "Level 1: a\n",
        "  v (if b)\n",
        "Level 2: c\n",
        "*",
        "_",
        "~~",
    ),
    *(
        "### Alert: X\n",
        "### Issue: Y\n",
        "#### Step 1: Z\n",
        "**Symptoms:**\n",
        "http://a.b/c_d",
        "a@b.cc",
        "\\",
        "&amp;",
        "{: .x}",
    ),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=40))
def test_no_mixture_of_forms_raises(pieces: list[str]) -> None:
    document = read("".join(pieces), path="runbooks/a/b.md")
    assert find_unsafe(document.html) == []
    assert document.to_dict()["title"] == document.title


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=40))
def test_lines_are_lines_of_the_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    last = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    document = read(text)
    lines = [section.line for section in document.sections]
    lines += [command.line for command in document.commands] + [link.line for link in document.links]
    lines += [line for placeholder in document.placeholders for line in placeholder.lines]
    assert all(1 <= line <= last for line in lines)


def test_bytes_that_are_no_text_say_why() -> None:
    assert "UTF-16" in read("# A".encode("utf-16")).not_understood[0].what


def test_an_intricate_rest_is_shown_as_text() -> None:
    document = read("- a\n" * 100_000 + "the end ~~~~ of it\n")
    assert "too intricate" in document.not_understood[0].what
    assert "the end ~~~~ of it" in document.html


def test_a_paragraph_of_brackets_is_shown_as_text() -> None:
    document = read("before " + "[x](" * 2_000 + "\n\n## After\n")
    assert document.not_understood
    assert "[x]([x](" in document.html
    assert [section.title for section in document.sections] == ["After"]


def test_an_empty_text_is_a_document() -> None:
    assert read("") == read(b"")

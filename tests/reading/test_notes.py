"""Short Markdown: drawn so that it can stand in the middle of any page, whatever is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.errors import TextRefused
from runbooks.reading.notes import draw_note, find_code_lines
from runbooks.rendering import render_note


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("The **desk** is _back_.", "<p>The <strong>desk</strong> is <em>back</em>.</p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("# Big", "<h4>Big</h4>"),
        (
            "- [ ] ask\n- [x] look",
            '<ul>\n<li class="note__task">☐ ask</li>\n<li class="note__task">☑ look</li>\n</ul>',
        ),
        ("![graph](/runbooks/images/a.png)", '<p><img src="/runbooks/images/a.png" alt="graph"></p>'),
        ("[the run](/runs/3/)", '<p><a href="/runs/3/">the run</a></p>'),
        (
            "https://example.com",
            '<p><a href="https://example.com" rel="noopener noreferrer">https://example.com</a></p>',
        ),
        ("   ", ""),
    ],
)
def test_markdown_is_drawn(text, html):
    assert draw_note(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<p id="portal-main" style="position:fixed">x</p>',
        "[x](javascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](javascript:alert(1))",
        "![x](//evil.example/a.png)",
        "[x](//evil.example)",
        "[x](/\\evil.example)",
        "<javascript:alert(1)>",
        "# x {#portal-main onclick=alert(1)}",
        "```\n<script>\n```",
    ],
)
def test_nothing_in_a_note_is_more_than_text(text):
    html = draw_note(text)
    for bad in ("<script", "onerror=", 'href="javascript', 'src="javascript', " id=", " style=", '"data:', '"//'):
        assert bad not in html.replace("&lt;img src=x onerror=alert(1)&gt;", "").replace("&lt;p id=", "").replace(
            ' style="position:fixed"&gt;', ""
        )
    assert 'href="/\\' not in html


def test_a_note_has_no_ids_so_that_it_can_t_stand_in_for_a_part_of_the_page():
    assert "id=" not in draw_note("# Timeline\n\ntext[^1]\n\n[^1]: note")


@given(st.text(alphabet="<>[]()!`*_#-|\n ab:/\\&\"'=", max_size=200))
def test_any_text_is_drawn_without_an_event_handler_or_a_script(text):
    html = draw_note(text)
    assert "<script" not in html and "javascript:" not in html


@pytest.mark.parametrize("text", ["[" * 20_000, "> " * 9_000, "*a " * 6_000, "`" * 20_000, "![" * 10_000])
def test_hostile_lengths_end(text):
    assert draw_note(text)


def test_lines_of_code_are_known():
    assert find_code_lines("a\n\n```\n<b>\n```\n\n- c\n\n  ~~~\n  d\n") == {2, 3, 4, 8, 9}


def test_what_is_too_long_or_no_text_is_refused():
    with pytest.raises(TextRefused, match="20,000 is the most"):
        render_note("é" * 10_001)
    with pytest.raises(TextRefused, match="NUL"):
        render_note("a\0")
    with pytest.raises(TextRefused, match="surrogate"):
        render_note("\ud800")

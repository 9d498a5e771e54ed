"""Nothing that runs, styles or calls home survives."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.reading import read
from runbooks.reading.links import MEDIA
from tests.reading.safe import find_unsafe

ATTACKS = [
    "<script>alert(1)</script>",
    "a <script>alert(1)</script> b",
    "<SCRIPT SRC=https://x.example/a.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src='javascript:alert(1)'>",
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<iframe src='https://x.example'></iframe>",
    "<style>body{display:none}</style>",
    "<p style='position:fixed'>x</p>",
    "<p class='cmd' id='main' data-copy onclick='x()'>x</p>",
    "<form action='https://x.example'><input name=a><button>x</button></form>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href=' &#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,x'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](&#x6A;avascript:alert(1))",
    "[x](vbscript:x)",
    "[x](data:text/html;base64,PHN2Zz4=)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](data:image/png;base64,AAAA)",
    "![x](http://x.example/a.png)",
    "![x](//x.example/a.png)",
    f"![x]({MEDIA}../../accounts/logout/)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "<base href='https://x.example'>",
    "<meta http-equiv=refresh content='0;url=https://x.example'>",
    "<link rel=stylesheet href='https://x.example/a.css'>",
    "<object data=x></object><embed src=x>",
    "<details open ontoggle=alert(1)>x</details>",
    '```bash title="<script>alert(1)</script>"\nls\n```',
    "```<script>\nls\n```",
    '# <script>alert(1)</script>\n\n## "><img src=x onerror=alert(1)>',
    "| <script>x</script> | a |\n|---|---|\n| <img src=x onerror=y> | b |",
    "`<script>alert(1)</script>`",
    "[<script>alert(1)</script>](b)",
    '[x](https://e.example/"onmouseover="alert(1))',
    "[a](https://e.example '\" onclick=x')",
    "> [!<b>]\n> x",
    '!!! note "<img src=x onerror=alert(1)>"\n    x',
    "</section></article></main><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<title><a id='</title><img src=x onerror=alert(1)>'>",
    "<textarea></textarea><script>x</script>",
    "<var data-var='x' data-empty>y</var>",
    "{{ <script> }}",
    "[<img src=x onerror=alert(1)>]",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_is_harmless(text: str) -> None:
    assert find_unsafe(read(f"# T\n\n{text}\n").html) == []


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", " java\tscript:alert(1)"])
def test_what_resolves_to_something_unsafe_is_no_link(target: str) -> None:
    html = read("[x](a.md) ![y](a.png)\n", resolve=lambda _: target).html
    assert find_unsafe(html) == []
    assert "<a " not in html


def test_an_author_can_not_set_our_classes_and_ids() -> None:
    html = read('<div class="cmd" id="main" data-copy role="alert">x</div>\n').html
    assert html.strip() == "<div>x</div>"


def test_comments_are_never_shown() -> None:
    assert "secret" not in read("a <!-- secret --> b\n\n<!-- secret\nsecret -->\n\n<!-- secret").html


def test_the_text_of_a_script_is_not_shown_either() -> None:
    assert "alert" not in read("<script>\nalert(1)\n</script>\n").html


def test_a_stray_end_tag_does_not_break_out() -> None:
    html = read("> [!NOTE]\n> </div></section>\n> in\n").html
    assert re.search(r'<div class="callout".*in.*</div>', html, re.DOTALL)


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "hr", "img", "input", "wbr", "col"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@given(
    st.lists(
        st.sampled_from(
            ["<div>", "</div>", "<b>", "</b>", "\n\n", "> x", "- [ ] y", "<td>", "</table>", "## h", "*a*"]
        ),
        max_size=30,
    )
)
def test_the_page_is_always_balanced(pieces: list[str]) -> None:
    balance = _Balance()
    balance.feed(read(" ".join(pieces)).html)
    assert balance.open == balance.wrong == []


@given(st.text(alphabet="<>/\"'= abscriptonjv:()[]!#`-\n&;{}", max_size=300))
def test_no_text_makes_an_unsafe_page(text: str) -> None:
    assert find_unsafe(read(text).html) == []

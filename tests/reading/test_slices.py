"""Pieces of a text drawn on their own: cut through lists, and whole all the same."""

from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.reading.slices import Slices

LIST = "# A\n\n1. One `ls -l`\n\n   More of one\n   - inner\n2. Two\n\n   ```bash\n   make\n   ```\n\nAfter.\n"


def test_what_stands_below_an_item_is_drawn_without_the_next():
    html = Slices(LIST).draw_rest(3, 6)
    assert "More of one" in html
    assert "<li>inner</li>" in html
    assert "Two" not in html


def test_the_words_of_an_item_are_drawn_again_where_they_hold_a_command():
    assert "icmd" in Slices(LIST).draw_rest(3, 3)
    assert Slices("# A\n\n1. One\n2. Two\n").draw_rest(3, 3) == ""


def test_code_in_an_item_is_a_command():
    html = Slices(LIST).draw_rest(7, 11)
    assert html.count("<figure") == 1
    assert "After." not in html


def test_ends_are_those_of_the_text():
    slices = Slices(LIST)
    assert slices.end_of_block(9) == 11
    assert slices.end_of_item(1) == 1


def test_a_cut_through_a_list_keeps_its_items_in_a_list():
    html = Slices("# A\n\n- one\n- two\n- three\n").draw(4, 5)
    assert html.replace("\n", "") == "<ul><li>two</li><li>three</li></ul>"


PIECES = st.sampled_from(
    [
        "# A\n",
        "1. one\n",
        "2. two\n",
        "- x\n",
        "  - [ ] y\n",
        "\n",
        "> q\n",
        "```\n",
        "| a | b |\n|--|--|\n",
        "    c\n",
        "<div>\n",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=25), st.integers(0, 30), st.integers(0, 30))
def test_any_cut_of_any_text_can_be_drawn(pieces, first, last):
    slices = Slices("".join(pieces))
    for html in (slices.draw(first, last), slices.draw_rest(first, last)):
        for tag in ("ul", "ol", "li", "div", "blockquote", "table"):
            assert html.count(f"<{tag}") == html.count(f"</{tag}>")

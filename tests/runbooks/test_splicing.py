"""One section taken out, edited, put back: what is not edited does not change by a byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.splicing import find_lines, find_part, put_in, recover, take_out

TEXT = "# Desk\n\nIntro.\n\n## Restart\n\nOne.\n\n### Deeper\n\nTwo.\n\n\n## Stop\n\nThree.\n"


def part_of(text, anchor):
    part = find_part(text, anchor)
    assert part is not None
    return part


def edit(text, anchor, words):
    return put_in(text, part_of(text, anchor), words)


class TestTakingOut:
    def test_a_section_comes_with_the_sections_below_it(self):
        assert take_out(TEXT, part_of(TEXT, "restart")) == "## Restart\n\nOne.\n\n### Deeper\n\nTwo."

    def test_a_deeper_section_ends_where_its_parent_does(self):
        assert take_out(TEXT, part_of(TEXT, "deeper")) == "### Deeper\n\nTwo."

    def test_the_last_section_goes_to_the_end(self):
        assert take_out(TEXT, part_of(TEXT, "stop")) == "## Stop\n\nThree."

    def test_the_title_holds_everything_below_it(self):
        assert take_out(TEXT, part_of(TEXT, "desk")) == TEXT.rstrip()

    def test_a_heading_inside_a_code_block_ends_nothing(self):
        text = "## A\n\n```bash\n# not a heading\n## nor this\n```\n\n## B\n"
        assert take_out(text, part_of(text, "a")).endswith("```")

    def test_headings_of_the_same_name_are_told_apart(self):
        text = "## Check\n\nfirst\n\n## Check\n\nsecond\n"
        assert take_out(text, part_of(text, "check-1")) == "## Check\n\nsecond"

    def test_an_underlined_heading_is_one(self):
        text = "Top\n===\n\nRestart\n-------\n\nwords\n\nStop\n----\n"
        assert take_out(text, part_of(text, "restart")) == "Restart\n-------\n\nwords"

    @pytest.mark.parametrize("anchor", ["", "nowhere", "Restart", "#restart", "../etc", "x" * 10_000])
    def test_what_is_no_anchor_of_the_text_is_none(self, anchor):
        assert find_part(TEXT, anchor) is None


class TestPuttingIn:
    def test_only_the_section_changes(self):
        assert edit(TEXT, "deeper", "### Deeper\n\nMore.") == TEXT.replace("Two.", "More.")

    def test_blank_lines_at_the_end_of_what_was_typed_don_t_pile_up(self):
        assert edit(TEXT, "deeper", "### Deeper\n\nTwo.\n\n\n\n") == TEXT

    def test_the_next_heading_stays_a_heading_when_its_blank_lines_were_not_sent(self):
        text = "## A\n\nwords\n\nB\n---\n\nmore\n"
        edited = edit(text, "a", "## A\n\nothers")
        assert edited == "## A\n\nothers\n\nB\n---\n\nmore\n"
        assert find_part(edited, "b") is not None

    def test_line_endings_of_a_browser_become_those_of_the_text(self):
        text = TEXT.replace("\n", "\r\n")
        edited = edit(text, "deeper", "### Deeper\r\n\r\nMore.\r\nAnd more.")
        assert edited == text.replace("Two.", "More.\r\nAnd more.")

    def test_a_browser_s_line_endings_don_t_come_into_a_text_without(self):
        assert "\r" not in edit(TEXT, "deeper", "### Deeper\r\n\r\nTwo.\r\n\r\nMore.")

    def test_a_section_of_one_line_takes_the_line_endings_of_the_text(self):
        text = "# T\r\n\r\n## Only\r\n\r\n## Next\r\n"
        assert edit(text, "only", "## Only\n\nWords.") == "# T\r\n\r\n## Only\r\n\r\nWords.\r\n\r\n## Next\r\n"

    def test_a_last_line_without_an_ending_stays_so(self):
        assert edit("# T\n\n## End\n\nwords", "end", "## End\n\nothers") == "# T\n\n## End\n\nothers"

    def test_a_byte_order_mark_stays_in_front(self):
        text = "\ufeff## First\n\nwords\n"
        assert take_out(text, part_of(text, "first")) == "## First\n\nwords"
        assert edit(text, "first", "## First\n\nothers") == "\ufeff## First\n\nothers\n"

    def test_front_matter_stays(self):
        text = "---\ntitle: Desk\n---\n\n## First\n\nwords\n"
        assert edit(text, "first", "## First\n\nothers") == text.replace("words", "others")

    def test_headings_may_come_and_go(self):
        edited = edit(TEXT, "restart", "## Restart\n\n### New one\n\nx\n\n## And a new section")
        assert (
            edited
            == "# Desk\n\nIntro.\n\n## Restart\n\n### New one\n\nx\n\n## And a new section\n\n\n## Stop\n\nThree.\n"
        )

    def test_no_words_take_the_section_away(self):
        assert edit(TEXT, "deeper", " \n") == TEXT.replace("### Deeper\n\nTwo.\n\n\n", "")


class TestRecovering:
    def test_the_words_are_found_in_an_edited_text(self):
        part = part_of(TEXT, "deeper")
        edited = put_in(TEXT, part, "### Deeper\n\nMore.\n\nAnd more.")
        assert recover(TEXT, part, edited) == "### Deeper\n\nMore.\n\nAnd more."

    @pytest.mark.parametrize("edited", [TEXT.replace("Intro", "Other"), TEXT.replace("Three", "Other"), "", "# Desk"])
    def test_a_text_that_was_edited_elsewhere_gives_none(self, edited):
        assert recover(TEXT, part_of(TEXT, "deeper"), edited) is None

    def test_the_lines_of_the_section_are_known_after_the_edit(self):
        part = part_of(TEXT, "deeper")
        assert find_lines(TEXT, part, put_in(TEXT, part, "### Deeper\n\nMore.\n\nAnd more.")) == (9, 13)


LINES = st.sampled_from(
    ["# Top", "## One", "## One", "### Two", "words", "", "", "- [ ] task", "```", "---", "> ## quoted", "1. ## listed"]
)
ENDINGS = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def texts(draw, mixed=True):
    lines = draw(st.lists(LINES, max_size=14))
    one = draw(ENDINGS)
    body = "".join(line + (draw(ENDINGS) if mixed else one) for line in lines)
    return draw(st.sampled_from(["", "\ufeff", "---\ntitle: x\n---\n"])) + body + draw(st.sampled_from(["", "end"]))


ANCHORS = ("top", "one", "one-1", "two", "quoted", "listed", "words", "end")


@given(texts(), st.sampled_from(ANCHORS))
def test_a_section_that_nobody_touched_goes_back_byte_for_byte(text, anchor):
    part = find_part(text, anchor)
    if part is not None:
        browser = take_out(text, part).replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
        assert put_in(text, part, browser) == text


@given(texts(), st.sampled_from(ANCHORS), st.text(alphabet="ab# \n\r", min_size=1, max_size=40))
def test_whatever_is_typed_the_rest_of_the_bytes_stay(text, anchor, words):
    part = find_part(text, anchor)
    if part is not None and words.strip():
        edited = put_in(text, part, words)
        assert edited.startswith(text[: part.start]) and edited.endswith(text[part.end :])
        assert recover(text, part, edited) is not None

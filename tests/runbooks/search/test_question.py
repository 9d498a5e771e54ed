"""What was asked, taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.search.question import MOST_TERMS, parse
from runbooks.search.tsquery import match_all


def words(text):
    return " ".join(parse(text).words)


def test_function_words_of_a_sentence_are_left_out():
    assert words("How do I restart the pod of a service?") == "restart pod service"


@pytest.mark.parametrize("text", ["down", "node is up", "not ready", "switch off", "fail over", "time out"])
def test_what_an_engineer_means_is_kept(text):
    assert words(text).split()[-1] == text.split()[-1]


def test_function_words_alone_are_what_is_asked():
    assert words("the who") == "the who"


def test_quotes_make_a_phrase():
    (term,) = parse('"disk full"').terms
    assert term.is_phrase
    assert match_all([term]) == "('disk' <-> 'full')"


def test_a_quote_that_is_never_closed_reaches_to_the_end():
    (term,) = parse('"disk full').terms
    assert term.words == ("disk", "full")


def test_a_minus_leaves_a_word_out():
    question = parse("pod -kafka")
    assert words("pod -kafka") == "pod"
    assert question.excluded[0].words == ("kafka",)


@pytest.mark.parametrize("text", ["kubectl -n desk get pods", "rm -rf tmp", "helm uninstall --force"])
def test_options_of_a_command_are_words(text):
    assert parse(text).excluded == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [("kind:alert", "alert"), ("kind:Alerts", "alert"), ("type:sections", "section"), ("kind:error", "code")],
)
def test_a_kind_may_be_named_in_several_ways(text, kind):
    assert parse(text).kind == kind


def test_filters_are_read():
    question = parse('service:"Ticket desk" team:harbour status:draft restart')
    assert (question.services, question.teams, question.status) == (("Ticket desk",), ("harbour",), "draft")
    assert question.words == ("restart",)


@pytest.mark.parametrize("text", ["foo:bar", "kind:bar", "status:bar", "https://a.example"])
def test_what_is_no_filter_is_words(text):
    question = parse(text)
    assert not question.has_filters
    assert question.words


def test_a_word_put_together_is_asked_for_in_both_forms():
    assert match_all(parse("err-001").terms) == "('err001' | ('err' <-> '001'))"
    assert match_all(parse("CrashLoop").terms) == "('crashloop' | ('crash' & 'loop'))"


def test_two_words_may_stand_there_as_one():
    assert "'crashloop'" in match_all(parse("crash loop").terms)


def test_a_long_text_is_cut_to_its_first_words():
    assert len(parse(" ".join(f"word{n}x" for n in range(1_000))).terms) == MOST_TERMS


def test_the_last_word_goes_on_while_somebody_types():
    assert match_all(parse("restart po").with_prefix().terms).startswith("('restart' & 'po':*)")


@given(st.text())
def test_no_text_is_an_error(text):
    question = parse(text)
    assert all(word.isalnum() for word in question.words)


def test_a_single_letter_after_other_words_is_not_searched_for_while_typing():
    assert parse("restart p").with_prefix().words == ("restart",)

"""The parts of the benchmark that measure search: questions, copies in other words, times, and the growth table."""

import pytest

from portal.benchmark import asked, sowing, timing
from portal.benchmark.figures import Figure, format_growth, format_table
from portal.benchmark.inside import STEPS
from portal.benchmark.quality import Question, Shares, ask_all, find_list, make_figures
from portal.benchmark.searching import list_sizes
from portal.benchmark.vocabulary import Dialect, coin_word
from runbooks.models import Runbook, SearchEntry
from tests.factories import NOW, make_published, make_user

EXAMPLE = "portal/example/runbooks"
GROWN = [
    Figure("search page, p95", 4, "ms", sections=20),
    Figure("search page, p95", 61, "ms", limit=60, sections=2_000),
]


def test_at_least_thirty_questions_are_asked_and_none_twice():
    assert len(set(asked.QUESTIONS)) == len(asked.QUESTIONS) >= 30


def test_typing_is_asked_for_letter_by_letter_from_the_second_on():
    beginnings = asked.list_beginnings()
    assert beginnings[:3] == ["Ku", "Kub", "Kube"]
    assert min(map(len, beginnings)) == asked.LEAST_LETTERS


def test_the_table_shows_what_grows_at_its_biggest_size():
    table = format_table([*GROWN, Figure("start", 1, "s")])
    assert "| search page, p95, 2,000 sections | 61 ms | ≤ 60 ms | **not held** |" in table
    assert "20 sections" not in table


def test_the_growth_table_has_a_column_for_each_size():
    lines = format_growth([*GROWN, Figure("start", 1, "s")]).splitlines()
    assert lines == ["| sections | 20 | 2,000 |", "|---|---:|---:|", "| search page, p95 | 4 ms | 61 ms |"]


def test_without_anything_that_grows_there_is_no_growth_table():
    assert format_growth([Figure("start", 1, "s")]) == ""


def test_the_sizes_grow_by_ten():
    assert list_sizes(200_000) == [2_000, 20_000, 200_000]


def test_every_number_coins_a_word_of_its_own():
    assert len({coin_word(number) for number in range(5_000)}) == 5_000


def test_a_copy_is_written_the_same_way_each_time_and_unlike_another():
    text = "Turn the crane to the quay and wait until the pilot waves " * 5
    assert Dialect(3).vary(text) == Dialect(3).vary(text) != Dialect(4).vary(text)
    assert len(Dialect(3).vary(text).split()) == len(text.split())


def test_the_name_of_an_alert_gets_an_ending_of_its_own():
    assert Dialect(3).rename("TargetDown").startswith("TargetDown")
    assert Dialect(3).rename("TargetDown") != "TargetDown"


@pytest.mark.parametrize(("percent", "time"), [(50, 5), (95, 10), (100, 10), (1, 1)])
def test_a_percentile_is_one_of_the_times(percent, time):
    assert timing.find_percentile(range(10, 0, -1), percent) == time


@pytest.mark.django_db
def test_it_grows_to_the_sections_it_was_asked_for_and_on_from_there():
    originals = sowing.read_originals(sowing.Path(EXAMPLE))
    sections = SearchEntry.objects.filter(kind=SearchEntry.Kind.SECTION)
    sowing.grow(originals, 100, NOW)
    assert 100 <= sections.count() < 250
    sowing.grow(originals, 500, NOW)
    assert 500 <= sections.count() < 650


@pytest.mark.django_db
def test_a_tenth_of_the_copies_is_confidential_and_the_reader_does_not_see_them():
    sowing.grow(sowing.read_originals(sowing.Path(EXAMPLE)), 700, NOW)
    reader = make_user("cy")
    hidden = Runbook.objects.count() - Runbook.objects.visible_to(reader).count()
    assert hidden == pytest.approx(Runbook.objects.count() / 10, abs=1.5)


@pytest.mark.django_db
def test_the_copies_are_found_by_words_that_only_they_have():
    sowing.grow(sowing.read_originals(sowing.Path(EXAMPLE)), 300, NOW)
    entry = SearchEntry.objects.filter(kind="alert", runbook__classification="internal").order_by("pk").last()
    assert entry is not None
    shares = ask_all([Question(entry.name, "", (f"{entry.runbook.service.slug}/{entry.runbook.slug}#{entry.anchor}",))],
                     make_user("cy"))  # fmt: skip
    assert shares.near == 1


@pytest.mark.django_db
def test_the_statements_of_a_search_can_be_asked_again_alone():
    make_published()
    user = make_user("cy")
    statements = timing.record_statements(user, "restart desk")
    assert any("runbooks_searchentry" in str(sql) for sql, _ in statements)
    assert timing.time_statements(user, ["restart desk"], 1)["restart desk"][0] > 0


@pytest.mark.django_db
def test_inside_it_times_pages_and_statements():
    make_user("root", is_superuser=True)
    STEPS["sow"](corpus=EXAMPLE, sections=10)
    found = STEPS["ask"](rounds=1)
    for name in ("page", "typing", "bare", "textbook", "all"):
        assert 0 < found[name]["median"] <= found[name]["p95"]
    assert len(found["slowest"]) == 5


@pytest.mark.django_db
def test_a_page_that_fails_ends_the_measurement():
    with pytest.raises(RuntimeError, match="answered 404"):
        timing.time_pages(make_user("cy"), "/search/nowhere/", ["a"], 1)


@pytest.mark.django_db
def test_the_list_that_is_about_the_corpus_is_taken(tmp_path):
    make_published()
    (tmp_path / "a.toml").write_text('[[question]]\nask = "a"\nslip = "b"\nat = ["nowhere/page"]\n')
    (tmp_path / "b.toml").write_text('[[question]]\nask = "c"\nslip = "d"\nat = ["ticket-desk/ticket-desk#restart"]\n')
    assert find_list(tmp_path) == [Question("c", "d", ("ticket-desk/ticket-desk#restart",))]
    (tmp_path / "b.toml").unlink()
    assert find_list(tmp_path) == []


@pytest.mark.django_db
def test_a_question_counts_as_answered_where_one_of_its_places_stands():
    make_published()
    questions = [
        Question("restart", "resatrt", ("ticket-desk/ticket-desk#restart",)),
        Question("restart", "resatrt", ("ticket-desk/elsewhere",)),
    ]
    shares = ask_all(questions, make_user("cy"))
    assert (shares.asked, shares.first) == (2, 1)
    assert [miss.rank for miss in shares.misses] == [0]


def test_shares_stand_beside_their_limits():
    figures = make_figures(Shares(asked=20, first=17, near=19), Shares(asked=20, first=14, near=18))
    assert [(figure.value, figure.is_held) for figure in figures] == [(85, True), (95, True), (70, False), (90, True)]

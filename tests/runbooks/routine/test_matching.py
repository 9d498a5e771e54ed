"""Which task of a new text is the one that was there before."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.upkeep.matching import Known, find_items, match_tasks


def box(text, depth=0, checked=False):
    return {"text": text, "depth": depth, "checked": checked, "line": 1}


def checklist(*texts, name="Daily checks", cadence="daily", section="daily-checks"):
    items = [box(text) if isinstance(text, str) else text for text in texts]
    return {"name": name, "cadence": cadence, "section": section, "items": items}


def known(*texts, name="Daily checks", cadence="daily", first=1, is_going=True):
    return [Known(first + i, cadence, name, text, is_going) for i, text in enumerate(texts)]


def match(before, *checklists):
    """By text: the pk of the task it was before."""
    items = find_items(checklists)
    pairs = match_tasks(before, items)
    return {item.text: pairs.get(index) for index, item in enumerate(items)}


def test_only_checklists_with_a_cadence_hold_tasks():
    items = find_items([checklist("Look"), checklist("Deploy", cadence="")])
    assert [item.text for item in items] == ["Look"]


def test_ticked_boxes_of_the_text_are_tasks_like_others_and_empty_ones_are_none():
    assert [item.text for item in find_items([checklist(box("Look", checked=True), box("  "))])] == ["Look"]


def test_an_item_with_others_below_it_is_their_heading():
    nested = checklist(box("Backups"), box("Ran", 1), box("Restored", 1), box("On paper", 2), box("Disk"))
    assert [item.text for item in find_items([nested])] == ["Backups › Ran", "Backups › Restored › On paper", "Disk"]


def test_the_same_words_stay_the_same_task_in_any_order():
    assert match(known("A one", "B two", "C three"), checklist("C three", "A one", "B two")) == {
        "C three": 3,
        "A one": 1,
        "B two": 2,
    }


def test_marks_case_and_spaces_make_no_new_task():
    assert match(known("Check the disk."), checklist("check  the DISK")) == {"check the DISK": 1}


def test_a_reworded_task_stays_the_same():
    before = known("Check that the backup of the ledger ran", "Look at the error rate")
    now = checklist("Check that the nightly backup of the ledger ran", "Look at the error rate")
    assert match(before, now) == {"Check that the nightly backup of the ledger ran": 1, "Look at the error rate": 2}


def test_the_most_alike_gets_it_and_only_one():
    before = known("Check disk space on the web servers")
    now = checklist("Check disk space on all the web servers", "Check disk space on the database servers")
    assert match(before, now)["Check disk space on all the web servers"] == 1
    assert match(before, now)["Check disk space on the database servers"] is None


def test_something_else_is_a_new_task():
    assert match(known("Water the plants"), checklist("Check the certificates")) == {"Check the certificates": None}


def test_another_cadence_is_another_task():
    assert match(known("Check the disk"), checklist("Check the disk", cadence="weekly")) == {"Check the disk": None}


def test_a_similar_task_of_another_checklist_is_another_one():
    before = known("Check disk space on the web servers", name="Web")
    assert match(before, checklist("Check disk space on the two web servers", name="Database")) == {
        "Check disk space on the two web servers": None
    }


def test_a_renamed_heading_keeps_all_even_a_reworded_one():
    before = known("Check the queue", "Check the disk of the ledger")
    now = checklist("Check the queue", "Check the disks of the ledger", name="Daily routine", section="routine")
    assert match(before, now) == {"Check the queue": 1, "Check the disks of the ledger": 2}


def test_the_same_words_in_two_checklists_stay_apart():
    before = known("Check the disk", name="Web") + known("Check the disk", name="Database", first=2)
    items = find_items([checklist("Check the disk", name="Database"), checklist("Check the disk", name="Web")])
    assert match_tasks(before, items) == {0: 2, 1: 1}


def test_what_had_ended_comes_back_for_the_same_words_only():
    gone = known("Check the disk of the ledger", is_going=False)
    assert match(gone, checklist("Check the disk of the ledger")) == {"Check the disk of the ledger": 1}
    assert match(gone, checklist("Check the disks of the ledger")) == {"Check the disks of the ledger": None}


def test_what_goes_on_comes_before_what_had_ended():
    before = known("Check the disk", is_going=False) + known("Check the disk", first=2)
    assert match(before, checklist("Check the disk")) == {"Check the disk": 2}


WORDS = st.lists(st.sampled_from(["check", "disk", "queue", "log", "mail", "…", "ledger", "é"]), min_size=1, max_size=5)
TEXTS = st.lists(WORDS.map(" ".join), max_size=8)


@settings(max_examples=80, deadline=None)
@given(TEXTS, TEXTS)
def test_matching_is_one_to_one_and_loses_no_equal_text(before, now):
    rows, items = known(*before), find_items([checklist(*now)])
    pairs = match_tasks(rows, items)
    assert len(set(pairs.values())) == len(pairs)
    for text in {*before} & {*now}:
        kept = [index for index, pk in pairs.items() if items[index].text == text]
        assert len(kept) >= min(before.count(text), now.count(text))


@settings(max_examples=30, deadline=None)
@given(TEXTS, st.randoms())
def test_any_order_of_the_same_words_keeps_every_task(texts, random):
    shuffled = random.sample(texts, len(texts))
    assert sorted(match_tasks(known(*texts), find_items([checklist(*shuffled)])).values()) == [
        *range(1, len(texts) + 1)
    ]


@pytest.mark.parametrize("texts", [["x" * 1000] * 200, [f"step {n} of the long list" for n in range(200)]])
def test_a_hostile_list_is_matched_all_the_same(texts):
    items = find_items([checklist(*(f"{text} now" for text in texts))])
    assert len(match_tasks(known(*texts), items)) > 0

"""Questions and the places they lead to."""

import pytest

from accounts.roles import APPROVER, EDITOR
from runbooks.models import Status
from runbooks.search import search, suggest
from runbooks.services import discard_draft, retire_runbook
from tests.factories import (
    NOW,
    go_active,
    make_active,
    make_draft,
    make_published,
    make_service,
    make_team,
    make_user,
    reload_user,
)

LIGHTHOUSE = """\
# Lighthouse

Keeps the harbour lit at night.

## Restart the lamp

Café crash loop of the lamp: open settings.json, then restart it.

```bash
# Undo the last rollout
kubectl -n light rollout undo deploy/lamp
```

### Check the fuse

The fuse is next to the stairs.

## Alert: KubePodCrashLooping

The pod of the lamp dies and starts again.

## Error codes

| Error Code | Description | Resolution |
|---|---|---|
| ERR-001 | Lamp went dark | Change the bulb |

## Contacts

| Role | Name | Contact | Availability |
|---|---|---|---|
| Keeper | Mara Lind | mara@example.com | Nights |
"""


@pytest.fixture
def lighthouse(db):
    return make_published("Lighthouse", text=LIGHTHOUSE, service=make_service("Harbour lights"))


def places(results):
    return [(hit.kind, hit.name) for hit in results.hits]


def first(results):
    return results.hits[0].kind, results.hits[0].name


@pytest.mark.usefixtures("lighthouse")
@pytest.mark.parametrize(
    ("asked", "best"),
    [
        ("KubePodCrashLooping", ("alert", "KubePodCrashLooping")),
        ("kubepodcrashlooping", ("alert", "KubePodCrashLooping")),
        ("kube pod crash looping", ("alert", "KubePodCrashLooping")),
        ("err-001", ("code", "ERR-001")),
        ("ERR001", ("code", "ERR-001")),
        ("err_001", ("code", "ERR-001")),
        ("lighthouse", ("runbook", "Lighthouse")),
        ("harbour lights", ("service", "Harbour lights")),
        ("check the fuse", ("section", "Check the fuse")),
        ("mara lind", ("contact", "Mara Lind")),
    ],
)
def test_an_exact_name_comes_first(ada, asked, best):
    results = search(ada, asked)
    assert first(results) == best
    assert results.best.is_exact


@pytest.mark.usefixtures("lighthouse")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("restart lamp", ("section", "Restart the lamp")),
        ("how do I restart the lamp", ("section", "Restart the lamp")),
        ("restarting lamps", ("section", "Restart the lamp")),
        ("cafe", ("section", "Restart the lamp")),
        ("CAFÉ", ("section", "Restart the lamp")),
        ("settings json", ("section", "Restart the lamp")),
        ("settings.json", ("section", "Restart the lamp")),
        ("crash looping", ("alert", "KubePodCrashLooping")),
        ("crashloop", ("section", "Alert: KubePodCrashLooping")),
        ("kubectl rollout undo", ("command", "Undo the last rollout")),
        ("rollout undo deploy/lamp", ("command", "Undo the last rollout")),
        ('"next to the stairs"', ("section", "Check the fuse")),
        ("lamp -fuse -bulb", ("section", "Restart the lamp")),
        ("service:harbour-lights fuse", ("section", "Check the fuse")),
        ('service:"Harbour lights" fuse', ("section", "Check the fuse")),
        ("kind:contact keeper", ("contact", "Mara Lind")),
        ("stairs lighthouse", ("section", "Check the fuse")),
        ("restart harbour", ("section", "Restart the lamp")),
    ],
)
def test_the_place_is_found(ada, asked, found):
    results = search(ada, asked)
    assert found in places(results)
    assert not results.is_nearest
    assert results.corrections == ()


@pytest.mark.usefixtures("lighthouse")
@pytest.mark.parametrize(
    ("asked", "correction"),
    [
        ("fsue", ("fsue", "fuse")),
        ("ligthhouse", ("ligthhouse", "lighthouse")),
        ("KubePodCrashLoping", ("KubePodCrashLoping", "kubepodcrashlooping")),
        ("kubectl rolout undo", ("rolout", "rollout")),
        ("lampfuse", ("lampfuse", "lamp fuse")),
    ],
)
def test_a_misspelt_word_is_understood_and_said(ada, asked, correction):
    results = search(ada, asked)
    assert not results.is_empty
    assert results.corrections == (correction,)


@pytest.mark.usefixtures("lighthouse")
def test_a_rare_word_that_is_there_is_not_corrected(ada):
    make_published("Buoys", text="# Buoys\n\n## Fuze\n\nThe fuze of the flare.\n")
    assert search(ada, "fuze").corrections == ()
    assert ("section", "Fuze") in places(search(ada, "fuze"))


@pytest.mark.usefixtures("lighthouse")
def test_where_nothing_has_all_words_the_nearest_is_said_to_be_so(ada):
    results = search(ada, "fuse stairs periscope")
    assert results.is_nearest
    assert first(results) == ("section", "Check the fuse")


@pytest.mark.usefixtures("lighthouse")
def test_words_that_stand_in_different_places_give_the_nearest(ada):
    results = search(ada, "stairs bulb")
    assert results.is_nearest
    assert not results.is_empty


@pytest.mark.usefixtures("lighthouse")
def test_a_phrase_that_is_nowhere_gives_the_nearest(ada):
    results = search(ada, '"stairs fuse"')
    assert results.is_nearest
    assert first(results) == ("section", "Check the fuse")


@pytest.mark.usefixtures("lighthouse")
def test_an_answer_leads_to_the_very_place(ada):
    (hit,) = [hit for hit in search(ada, "fuse stairs").hits if hit.kind == "section"]
    page = "/runbooks/harbour-lights/lighthouse/"
    assert hit.url == f"{page}#check-the-fuse"
    assert hit.trail == (
        ("Harbour lights", "/services/harbour-lights/"),
        ("Lighthouse", page),
        ("Restart the lamp", f"{page}#restart-the-lamp"),
    )
    assert (hit.status, hit.status_label) == ("active", "Active")
    assert ("fuse", True) in hit.fragment


@pytest.mark.usefixtures("lighthouse")
def test_a_kind_comes_alone_and_in_pages(ada):
    text = "# Many\n\n" + "".join(f"## Valve {n}\n\nTurn the valve.\n\n" for n in range(45))
    make_published("Many", text=text)
    results = search(ada, "valve", kind="section", page=3)
    assert [group.kind for group in results.groups] == ["section"]
    assert (results.page, results.pages, results.groups[0].count) == (3, 3, 45)
    assert len(results.groups[0].hits) == 5


@pytest.mark.usefixtures("lighthouse")
def test_a_page_behind_the_last_is_the_last(ada):
    assert search(ada, "lamp", kind="section", page=99).page == 1
    assert not search(ada, "lamp", kind="section", page=99).is_empty


@pytest.mark.usefixtures("lighthouse")
def test_an_unknown_kind_filters_nothing(ada):
    assert search(ada, "lamp", kind="nonsense").total == search(ada, "lamp").total


def test_a_team_filters_by_the_runbook_or_its_service(ada):
    team = make_team("Harbour")
    make_published("Cranes", text="# Cranes\n\n## Hoist\n\nLift it.\n", service=make_service("Cranes", team=team))
    make_published("Ropes", text="# Ropes\n\n## Hoist\n\nPull it.\n")
    results = search(ada, "team:harbour hoist")
    assert [hit.trail[1][0] for hit in results.hits] == ["Cranes"]


def test_filters_alone_list_what_is_there(ada, lighthouse):
    assert search(ada, "kind:alert").total == 1
    assert search(ada, f"service:{lighthouse.service.slug}").total > 5


BAD = [
    "",
    " ",
    "a" * 10_000,
    "word " * 2_000,
    "'",
    "%",
    "'; DROP TABLE runbooks_searchentry; --",
    "\\",
    "\x00lamp\x00",
    "\ud800",
    '"',
    '"lamp',
    '""',
    "-",
    "-lamp",
    "--",
    ":*",
    "& | ! <-> ()",
    "lamp:*",
    "🔥",
    "привет",
    "数据库",
    "データベース",
    "مرحبا",
    "नमस्ते",
    "service:",
    "service:%",
    "kind:",
    "status:draft",
    "team:'",
    "((((((((((",
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
    "e\u0301",
    "ﬁle",
    "\u202elamp",
]


@pytest.mark.usefixtures("lighthouse")
@pytest.mark.parametrize("asked", BAD, ids=range(len(BAD)))
def test_every_text_gets_an_answer(ada, asked):
    assert search(ada, asked).total >= 0
    assert suggest(ada, asked).total >= 0


@pytest.mark.parametrize(
    ("text", "asked"), [("数据库连接失败", "数据库"), ("Перезапуск сервера", "сервера"), ("café", "cafe")]
)
def test_other_languages_are_found(ada, text, asked):
    make_published("Foreign", text=f"# Foreign\n\n## Notes\n\n{text}\n")
    assert ("section", "Notes") in places(search(ada, asked))


def test_drafts_come_only_when_asked_for(ada):
    make_draft(make_user("ben", role=EDITOR), text="# Desk\n\n## Gate\n\nOpen it.\n", title="Desk")
    results = search(ada, "gate")
    assert (results.is_empty, results.in_drafts) == (True, 1)
    (hit,) = search(ada, "gate", drafts=True).hits
    assert (hit.status, hit.status_label) == ("draft", "Draft")
    assert [h.name for h in search(ada, "gate status:draft").hits] == ["Gate"]
    assert search(ada, "gate status:approved").is_empty


def test_an_activated_draft_is_found_and_the_text_before_it_is_not(ada):
    ben, eve = make_user("ben", role=EDITOR), make_user("eve", role=APPROVER)
    make_active(ben, eve, text="# Desk\n\n## Gate\n\nOld.\n", title="Desk")
    assert ("section", "Gate") in places(search(ada, "gate"))
    newer = make_draft(ben, text="# Desk two\n\n## Door\n\nNew.\n", title="Desk two")
    assert search(ada, "door").is_empty
    go_active(newer, eve)
    assert ("section", "Door") in places(search(ada, "door"))
    assert search(ada, "door").in_drafts == 0


def test_a_retired_runbook_is_not_found(ada, lighthouse):
    retire_runbook(lighthouse, user=make_user("eve", role=APPROVER), now=NOW)
    assert [hit.kind for hit in search(ada, "lamp").hits] == []
    assert search(ada, "lamp", drafts=True).is_empty
    assert suggest(ada, "lam").is_empty


def test_a_discarded_draft_is_not_found(ada):
    version = make_draft(make_user("ben", role=EDITOR), text="# Desk\n\n## Gate\n\nOpen it.\n", title="Desk")
    discard_draft(version, user=make_user("eve", role=APPROVER))
    assert search(ada, "gate").in_drafts == 0


@pytest.mark.usefixtures("lighthouse")
def test_typing_finds_names_from_the_second_letter(ada):
    assert suggest(ada, "f").is_empty
    assert ("section", "Check the fuse") in places(suggest(ada, "fu"))
    assert ("section", "Check the fuse") in places(suggest(ada, "check the f"))
    assert ("alert", "KubePodCrashLooping") in places(suggest(ada, "kubepodcr"))


@pytest.mark.usefixtures("lighthouse")
def test_typing_finds_words_before_their_ending_is_there(ada):
    make_published("Pumps", text="# Pumps\n\n## Running dry\n\nStop it.\n")
    assert ("section", "Running dry") in places(suggest(ada, "runni"))


@pytest.mark.usefixtures("lighthouse")
def test_typing_finds_text_when_no_name_fits(ada):
    assert ("section", "Check the fuse") in places(suggest(ada, "stair"))


@pytest.mark.usefixtures("lighthouse")
def test_typing_forgives(ada):
    assert ("runbook", "Lighthouse") in places(suggest(ada, "ligthh"))


@pytest.mark.usefixtures("lighthouse")
def test_suggestions_are_few(ada):
    assert len(suggest(ada, "la", limit=3).hits) <= 3


def test_the_same_question_gets_the_same_order(ada):
    for title in ("Alpha", "Beta", "Gamma"):
        make_published(title, text=f"# {title}\n\n## Checks\n\nThe same.\n\n## Checks\n\nThe same.\n")
    assert search(ada, "checks") == search(ada, "checks")


def test_what_is_in_use_counts_as_such(ada, lighthouse):
    assert set(lighthouse.search_entries.values_list("version__status", flat=True)) == {Status.ACTIVE}
    assert reload_user(ada).pk == ada.pk


def test_a_misspelt_service_without_a_runbook_is_the_nearest(ada):
    make_service("Foghorn control")
    results = search(ada, "foghrn control")
    assert results.is_nearest
    assert first(results) == ("service", "Foghorn control")


def test_a_service_is_found_by_its_description_and_leaves_out_what_is_unwanted(ada):
    make_service("Foghorn", description="Warns ships in mist")
    assert first(search(ada, "ships")) == ("service", "Foghorn")
    assert search(ada, "ships -mist").is_empty


@pytest.mark.usefixtures("lighthouse")
def test_parts_of_an_unknown_joined_word_are_no_correction(ada):
    results = search(ada, "fuse.stairs")
    assert results.corrections == ()
    assert ("section", "Check the fuse") in places(results)


def test_what_stands_in_a_template_comes_after_what_is_written_for_a_service(ada):
    text = "# {}\n\n## Rollback\n\nGo back to the release before.\n"
    make_published("A template", text=text.format("A template"), kind="template")
    make_published("Ferry pier", text=text.format("Ferry pier"))
    assert [hit.trail[1][0] for hit in search(ada, "rollback").hits] == ["Ferry pier", "A template"]

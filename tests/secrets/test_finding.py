"""What is taken for a credential, and what is not."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.benchmark.hostile import HOSTILE, make_hostile
from runbooks.secrets import Secret, find_secrets, split_lines
from tests.secrets.cases import FOUND, MIXED, PASSED, PEM, WORD, key_block

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"


def kinds(text):
    return [secret.kind for secret in find_secrets(text)]


@pytest.mark.parametrize(("text", "word"), FOUND, ids=range(len(FOUND)))
def test_a_credential_is_found_with_its_kind(text, word):
    found = kinds(text)
    assert found
    assert word.lower() in " ".join(found).lower()


@pytest.mark.parametrize("text", PASSED)
def test_what_only_looks_like_one_passes(text):
    assert find_secrets(text) == ()


@pytest.mark.parametrize(("text", "word"), FOUND, ids=range(len(FOUND)))
def test_the_line_is_told_in_a_longer_text(text, word):
    before = "# Desk\n\nSells tickets.\n\n"
    lines = [secret.line for secret in find_secrets(before + text + "\n\nMore.\n")]
    assert lines
    assert all(5 <= line <= 5 + text.count("\n") for line in lines)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(ending):
    text = ending.join(["# Desk", "", f"export DB_PASSWORD={WORD}"])
    assert find_secrets(text) == (Secret(3, "password", 3),)


def test_a_line_with_two_credentials_counts_once():
    assert len(find_secrets(f"curl -u ada:{WORD} https://ada:{WORD}@example.org/ # password={WORD}")) == 1


def test_a_private_key_counts_once_with_all_its_lines():
    key = key_block("RSA PRIVATE KEY", f"{PEM}\n{PEM}\npassword={WORD}")
    assert find_secrets(f"# Desk\n\n{key}\n") == (Secret(3, "private key", 7),)


@pytest.mark.parametrize(("text", "word"), FOUND, ids=range(len(FOUND)))
def test_what_is_given_back_never_holds_the_credential(text, word):
    told = repr(find_secrets(text))
    assert WORD not in told
    assert MIXED[:12] not in told


def test_a_letter_that_grows_in_lower_case_moves_nothing():
    text = f"İİİİ\n\nİ export DB_PASSWORD={WORD} İ\n"
    assert [secret.line for secret in find_secrets(text)] == [3]


def test_a_credential_far_out_on_a_long_line_is_found():
    assert find_secrets("word " * 5_000 + f"password={WORD}" + " word" * 5_000)


def test_a_placeholder_beside_a_credential_does_not_hide_it():
    assert find_secrets(f"DB_PASSWORD=$DB_PASSWORD or DB_PASSWORD={WORD}")


def test_prose_in_a_code_block_is_judged_as_prose():
    assert find_secrets("```\nPassword: ask the person on call for it\n```") == ()


def test_a_setting_of_letters_alone_counts_in_code_and_not_in_a_sentence():
    assert find_secrets("```yaml\npassword: letmein\n```")
    assert find_secrets("Password: Rotated") == ()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_gives_an_answer(name):
    find_secrets(make_hostile(name, 20_000))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_an_answer_within_its_lines(text):
    lines = len(split_lines(text))
    assert all(1 <= secret.line <= secret.last_line <= lines for secret in find_secrets(text))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["password", "=", ": ", "|", "-----BEGIN PRIVATE KEY-----", "\n", "kind: Secret", "data:",
    "://", "@", "curl -u ", WORD, "`", '"', "$", "---", "value: ", "name: ", " ", "AKIA", "eyJ", "."]), max_size=40))  # fmt: skip
def test_pieces_in_any_order_give_an_answer(pieces):
    text = "".join(pieces)
    assert find_secrets(text) == find_secrets(text)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared texts are not beside this checkout")
@pytest.mark.parametrize("folder", ["seeds", "corpus"])
def test_published_runbooks_hold_none(folder):
    texts = {path: path.read_text(errors="replace") for path in (SHARED / folder).rglob("*.md")}
    assert texts
    assert {str(path): find_secrets(text) for path, text in texts.items() if find_secrets(text)} == {}


def test_the_texts_that_come_with_the_portal_hold_none():
    folders = [ROOT / "portal" / "example", ROOT / "runbooks" / "starters", ROOT / "docs"]
    texts = {
        path: path.read_text() for folder in folders for path in folder.rglob("*.*") if path.suffix in (".md", ".yaml")
    }
    assert {str(path): find_secrets(text) for path, text in texts.items() if find_secrets(text)} == {}

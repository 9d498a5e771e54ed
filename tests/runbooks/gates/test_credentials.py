"""Where a text speaks of credentials."""

import pytest

from runbooks.reading.credentials import find_credential_mentions


def words(text):
    return [mention.word for mention in find_credential_mentions(text)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Enter your password.", "password"),
        ("export DB_PASSWORD=x", "DB_PASSWORD"),
        ("PGPASSWORD=x psql", "PGPASSWORD"),
        ("kubectl get secrets -n desk", "secrets"),
        ("clientSecretName: desk", "clientSecret"),
        ("Ask for an API key", "API key"),
        ("curl -H 'Authorization: Basic'", "Authorization:"),
        ("scp /etc/ssl/site.pem host:", "site.pem"),
        ("The passphrase and the credentials", "passphrase"),
    ],
)
def test_it_is_told_in_prose_and_in_commands(text, word):
    assert words(text) == [word]


@pytest.mark.parametrize(
    "text", ["The secretary knows.", "A tokenizer of words", "Compass wording", "Passed it on", ""]
)
def test_words_that_only_begin_alike_are_none(text):
    assert words(text) == []


def test_comments_that_no_reader_sees_do_not_count_and_lines_stay_right():
    mentions = find_credential_mentions("<!-- never a\npassword here -->\n\nThe token.\n")
    assert [(mention.word, mention.line) for mention in mentions] == [("token", 4)]


def test_the_value_is_never_part_of_it():
    assert words("password=hunter2") == ["password"]


@pytest.mark.parametrize("text", ["a" * 300_000, "a_" * 150_000, "<!--" * 75_000, "api " * 75_000, "pass\n" * 60_000])
def test_wild_texts_find_nothing(text):
    assert words(text) == []

"""Placeholders, and what only looks like one."""

from __future__ import annotations

import pytest

from runbooks.reading import read
from runbooks.reading.placeholders import find_in_code, find_in_prose, make_label, make_name


def _names(text: str, language: str = "bash") -> list[str]:
    return [span.name for span in find_in_code(text, language)]


@pytest.mark.parametrize("text", ["[Service Name]", "[service-name]", "[SERVICE NAME]"])
def test_one_name_for_all_spellings_in_prose(text: str) -> None:
    assert [span.name for span in find_in_prose(f"Ask {text} first")] == ["service-name"]


@pytest.mark.parametrize(
    "code", ["x [service-name]", "x <service_name>", "x $SERVICE_NAME", "x ${SERVICE_NAME}", "{{ service_name }}"]
)
def test_one_name_for_all_forms_in_code(code: str) -> None:
    assert _names(code) == ["service-name"]


@pytest.mark.parametrize(
    "code",
    [
        "echo ${list[0]}",
        "a[0] = b[idx]",
        "[ -f /etc/hosts ] && ls",
        "[[ $1 == x ]]",
        "grep '[a-z]' file",
        "grep -E '[0-9]+' file",
        "grep '[^\"]' file",
        "rate(errors[5m])",
        "tr '[:upper:]' '[:lower:]'",
        "echo $1 $? $$ $(date) $@",
        "usage: tool [--flag] [-h]",
        '["a", "b"]',
        "cat <<EOF\nx\nEOF",
        "[2026-01-02 10:00:00] started",
        "[INFO] started",
        "{{ .Values.name }} {{ $value }} {{ end }}",
        "awk '{print $NF}'",
        "echo $HOME",
    ],
)
def test_code_that_only_looks_like_a_placeholder(code: str) -> None:
    assert _names(code) == []


@pytest.mark.parametrize("text", ["[x](y)", "[1]", "[ ]", "[^note]", "[text][ref]", "a [!] b"])
def test_prose_that_only_looks_like_a_placeholder(text: str) -> None:
    assert find_in_prose(text) == []


def test_a_whole_sentence_in_brackets_is_a_placeholder() -> None:
    assert _names("[command to check status]") == ["command-to-check-status"]


def test_a_choice_is_a_placeholder() -> None:
    assert len(find_in_prose("Status: [Draft | Review | Approved]")) == 1


def test_variables_that_the_block_sets_are_its_own() -> None:
    code = "NAME=x\nexport ZONE=y\nfor pod in a b; do echo $pod $NAME $ZONE $OTHER; done\nwhile read -r row; do echo $row; done"
    assert _names(code) == ["other"]


def test_variables_are_shells_only() -> None:
    assert _names("$total = $NAME", "php") == []


def test_sections_of_an_ini_file_are_none() -> None:
    assert _names("[databases]\nmain = [db-host]", "ini") == ["db-host"]


def test_an_angle_in_markup_is_a_tag() -> None:
    assert _names("<service>x</service>", "xml") == []


def test_the_longer_of_two_overlapping_ones_is_not_counted_twice() -> None:
    assert _names("[a <pod-name> b]") == ["a-pod-name-b"]


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("Service Name", "Service Name"),
        ("service-name", "Service name"),
        ("DB_HOST", "DB host"),
        ("YYYY-MM-DD", "YYYY-MM-DD"),
    ],
)
def test_labels_are_for_people(written: str, label: str) -> None:
    assert make_label(written) == label


def test_names_are_slugs() -> None:
    assert make_name("  Uptime, e.g. 99.9% ") == "uptime-e-g-99-9"


def test_a_document_has_each_variable_once_with_its_lines() -> None:
    document = read(
        "# [Service Name]\n\nRun `kubectl get pod [service-name]`.\n\n```bash\nls\ncurl $SERVICE_NAME\n```\n"
    )
    (placeholder,) = document.placeholders
    assert (placeholder.name, placeholder.text, placeholder.lines) == ("service-name", "[Service Name]", (1, 3, 7))
    assert placeholder.in_command


def test_a_placeholder_in_prose_alone_is_not_in_a_command() -> None:
    (placeholder,) = read("Owner is [Team Name].\n").placeholders
    assert not placeholder.in_command

"""Credentials that take more than one line to be told: key blocks, Secrets of Kubernetes, columns of tables."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence

from runbooks.secrets.examples import is_example, looks_secret

_KEY_HEAD = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d:")
_KEY_FACT = re.compile(
    r"(?:Proc-Type|DEK-Info|Version|Comment|Hash|Encryption|Public-Lines|Charset|MessageID):?\s", re.IGNORECASE
)
_KEY_BODY = re.compile(r"[A-Za-z0-9+/=]{4,}")
_YAML_ENTRY = re.compile(r"(?P<indent>[ \t]*)(?:- )?[\"']?(?P<name>[\w./-]{1,100})[\"']?:(?:[ \t]+(?P<value>\S.*))?$")
_KIND = re.compile(r"\s{0,20}[\"']?kind[\"']?:\s{0,9}[\"']?Secret[\"']?,?\s{0,20}")
_ENV_NAME = re.compile(
    r"-?\s*[\"']?name[\"']?:\s*[\"']?\w{0,60}(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY)[\"']?,?\s*$",
    re.IGNORECASE,
)
_ENV_VALUE = re.compile(r"\s*[\"']?value[\"']?:\s*(?P<value>\S.*)$")
_CELL_NAME = re.compile(
    r"[*_`]*(?:\w+ )?(?:password|passwd|passphrase|pwd|api key|access key|secret key)[*_`]*", re.IGNORECASE
)
_RULE = re.compile(r"[\s|:-]+")


def find_key_blocks(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Private keys: the index of the line that opens one, and of its last line. The bare mark in a sentence is none."""
    for index, line in enumerate(lines):
        head = _KEY_HEAD.search(line) if "PRIVATE KEY" in line or "PuTTY" in line else None
        if head and _has_body(line[head.end() :], lines[index + 1 : index + 12]):
            yield index, _find_key_end(lines, index)


def _find_key_end(lines: Sequence[str], start: int) -> int:
    """The closing mark, at most 200 lines on; without one, the last line before a blank."""
    last = min(len(lines), start + 200)
    for index in range(start, last):
        if "-----END" in lines[index] or "Private-MAC:" in lines[index]:
            return index
    return next((index - 1 for index in range(start + 1, last) if not lines[index].strip()), last - 1)


def _has_body(same_line: str, following: Sequence[str]) -> bool:
    beside = same_line.replace("\\n", "\n").replace("\\r", "").strip(" \t\n\"'`,")
    pieces = beside.split("\n") if beside else [line.strip(" \t>|#*\"'") for line in following]
    for piece in filter(None, pieces):
        if _KEY_FACT.match(piece):
            continue
        body = _KEY_BODY.match(piece)
        # One cut short on purpose (`MIIE...`) gives nothing away.
        return body is not None and " " not in piece and (len(body[0]) >= 24 or not is_example(piece))
    return False


def find_kubernetes_secrets(lines: Sequence[str]) -> Iterator[int]:
    """Indexes of the entries below `data:` or `stringData:` of a manifest of kind Secret that hold a real value."""
    done = 0
    for index, line in enumerate(lines):
        if index >= done and "ecret" in line and _KIND.fullmatch(line):
            start, done = _manifest_around(lines, index)
            yield from _find_data(lines, start, done)


def _manifest_around(lines: Sequence[str], at: int) -> tuple[int, int]:
    """The lines from the last mark (a fence, `---`) before `at` to the next one after, at most 200 each way."""

    def is_mark(line: str) -> bool:
        return line.strip().startswith(("```", "~~~", "---"))

    start = next((i for i in range(at, max(-1, at - 200), -1) if is_mark(lines[i])), max(0, at - 200))
    end = next((i for i in range(at + 1, min(len(lines), at + 200)) if is_mark(lines[i])), min(len(lines), at + 200))
    return start, end


def _find_data(lines: Sequence[str], start: int, end: int) -> Iterator[int]:
    section, depth = "", 0
    for index in range(start, end):
        entry = _YAML_ENTRY.match(lines[index][:2000])
        if entry is None:
            continue
        indent = len(entry["indent"])
        if section and indent <= depth:
            section = ""
        if entry["name"] in ("data", "stringData") and not entry["value"]:
            section, depth = entry["name"], indent
        elif section and entry["value"] and _is_secret_data(entry["value"].strip("\"' "), section):
            yield index


def _is_secret_data(value: str, section: str) -> bool:
    if section == "stringData":
        return not is_example(value) and not value.startswith(("|", ">"))
    try:
        plain = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return not is_example(value) and looks_secret(value)
    return not is_example(plain) and not is_example(value)


def find_named_values(lines: Sequence[str]) -> Iterator[int]:
    """Indexes of `value: …` lines that follow `name: DB_PASSWORD`, as in a container's environment."""
    for index, line in enumerate(lines[:-1]):
        if "name" in line and _ENV_NAME.search(line[-200:]):
            value = _ENV_VALUE.match(lines[index + 1][:400])
            if value and not is_example(value["value"].strip("\"' ,")):
                yield index + 1


def find_table_columns(lines: Sequence[str]) -> Iterator[int]:
    """Indexes of table rows that hold a value in a column named Password, API key or the like."""
    columns: list[int] = []
    for index, line in enumerate(lines):
        if "|" not in line:
            columns = []
            continue
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if "-" in following and "|" in following and _RULE.fullmatch(following[:2000]):
            columns = [n for n, cell in enumerate(_cells(line)) if _CELL_NAME.fullmatch(cell)]
        elif columns:
            cells = _cells(line)
            if any(n < len(cells) and looks_secret(cells[n]) and not is_example(cells[n]) for n in columns):
                yield index


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line[:2000].strip().strip("|").split("|")]

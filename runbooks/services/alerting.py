"""Files of alerting rules: taken in, replaced, taken out."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import transaction

from accounts.errors import require
from accounts.models import User
from runbooks.alerting.rules import LONGEST_NAME, Rule, RulesRefused, read_rules
from runbooks.errors import Refused
from runbooks.models import AlertingRule, RuleFile
from runbooks.search.words import key_of
from runbooks.services.secrets import check_words

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of a file. `is_unchanged`: the same bytes were here already."""

    name: str
    rules: int
    is_unchanged: bool = False


@transaction.atomic
def import_rules(name: str, data: bytes, *, user: User | None, now: dt.datetime) -> ImportedFile:
    """Take in a file of rules; what a file of that name held before is replaced.

    `user` is None for whoever runs commands on the server. Raises NotAllowed, and Refused with `name:line: reason`.
    """
    if user is not None:
        require(user, "runbooks.add_rulefile", "add files of alerting rules")
    name = _check_name(name)
    try:
        rules = read_rules(data)
    except RulesRefused as error:
        where = f"{name}:{error.line}" if error.line else name
        raise Refused(f"{where}: {error.reason}") from None
    check_words("\n".join({rule.runbook_url for rule in rules}), f"{name}: a “runbook_url”")
    sha256 = hashlib.sha256(data).hexdigest()
    defaults = {"sha256": "", "added_by": user, "added_at": now}
    file, _ = RuleFile.objects.get_or_create(name=name, defaults=defaults)
    file = RuleFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if file.sha256 == sha256:
        return ImportedFile(name, len(rules), is_unchanged=True)
    RuleFile.objects.filter(pk=file.pk).update(sha256=sha256, added_by=user, added_at=now)
    AlertingRule.objects.filter(file=file).delete()
    AlertingRule.objects.bulk_create((_make_row(rule, file) for rule in rules), batch_size=BATCH)
    return ImportedFile(name, len(rules))


@transaction.atomic
def delete_rule_file(file: RuleFile, *, user: User) -> None:
    """Take out a file with its rules. Raises NotAllowed."""
    require(user, "runbooks.delete_rulefile", "take out files of alerting rules")
    RuleFile.objects.filter(pk=file.pk).delete()


def _check_name(name: str) -> str:
    name = " ".join(name.replace("\x00", " ").split())
    if not name:
        raise Refused("The file needs a name, so that a newer one can take its place.")
    if len(name) > LONGEST_NAME:
        raise Refused(f"The name of the file has {len(name)} characters; {LONGEST_NAME} is the most.")
    check_words(name, "The name of the file")
    return name


def _make_row(rule: Rule, file: RuleFile) -> AlertingRule:
    return AlertingRule(
        file=file,
        group=rule.group,
        name=rule.name,
        key=key_of(rule.name),
        severity=rule.severity,
        condition=rule.condition,
        waits=rule.waits,
        labels=rule.labels,
        runbook_url=rule.runbook_url,
        line=rule.line,
    )

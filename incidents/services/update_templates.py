"""Texts that updates begin with: those of a new portal, an editor's own, and those found in runbooks."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction

from accounts.errors import require
from accounts.models import User
from incidents.errors import Refused
from incidents.models import UpdateKind, UpdateTemplate
from incidents.services.shipped_updates import make_shipped
from runbooks.models import Runbook
from runbooks.rendering import render_note
from runbooks.services.secrets import check_words
from runbooks.services.templates import is_confidential

FIELDS = ("name", "kind", "audience", "team", "subject", "markdown", "is_offered")
# Words in the brackets of a runbook's message, without case, and the fact they ask for.
_MEANT = (
    (re.compile(r"(?:system|service|product|application)s?(?: name)?|name of (?:the )?(?:system|service)"), "services"),
    (re.compile(r"(?:brief )?description of (?:the )?(?:cause|fix).*|(?:root )?cause(?: and fix)?"), "resolution"),
    (re.compile(r"(?:description of )?(?:the )?(?:user|customer)? ?impact"), "impact"),
    (re.compile(r"severity|sev(?:erity)? ?level|sev-?1.*"), "severity"),
    (re.compile(r"(?:current )?status"), "status"),
    (re.compile(r"duration"), "duration"),
    (re.compile(r"start time|time it (?:began|started)"), "started"),
    (re.compile(r"end time|time it ended"), "ended"),
    (re.compile(r"next update(?: time)?"), "next_update"),
    (re.compile(r"(?:brief )?description(?: of (?:the )?(?:issue|problem|incident))?|issue|problem"), "summary"),
    (re.compile(r"incident (?:number|id)|ticket"), "reference"),
    (re.compile(r"incident commander|commander"), "commander"),
)
_LABELLED = (  # what a label in front of the bracket says, where the words in it are only “TIME” or “Description”
    (re.compile(r"impact"), "impact"),
    (re.compile(r"next update"), "next_update"),
    (re.compile(r"start(?:ed)?(?: time)?|began|since"), "started"),
    (re.compile(r"end(?:ed)?(?: time)?|resolved(?: at)?"), "ended"),
    (re.compile(r"duration"), "duration"),
    (re.compile(r"status"), "status"),
)
_BRACKET = re.compile(r"\[([^\[\]\n]{1,120})\](?!\()")
_LABEL = re.compile(r"[ \t]{0,8}[-*]{0,3}[ \t]{0,4}([A-Za-z][A-Za-z ]{0,40}?)[*]{0,2}:[*]{0,2}[ \t]{0,8}\Z")
_VAGUE = re.compile(r"time|date|description|timestamp|date/time|date and time|hh:mm.*")
_SETTLED = re.compile(r"(status:[ \t]*\**[ \t]*)investigating\b", re.IGNORECASE)


def ensure_update_templates() -> None:
    """Make the shipped texts where there is none at all. Harmless when run twice; texts that are there stay."""
    if not UpdateTemplate.objects.exists():
        UpdateTemplate.objects.bulk_create(make_shipped(), ignore_conflicts=True)


@transaction.atomic
def add_update_template(*, user: User, **values: Any) -> UpdateTemplate:
    """Make a template out of `FIELDS`. Raises NotAllowed, Refused (credentials, too long), ValidationError."""
    require(user, "incidents.add_updatetemplate", "make templates of updates")
    return _write(UpdateTemplate(), values)


@transaction.atomic
def change_update_template(template: UpdateTemplate, *, user: User, **values: Any) -> UpdateTemplate:
    """Change a template; updates that were sent stay as they are. Raises as `add_update_template` does."""
    require(user, "incidents.change_updatetemplate", "change templates of updates")
    return _write(UpdateTemplate.objects.select_for_update().get(pk=template.pk), values)


@transaction.atomic
def delete_update_template(template: UpdateTemplate, *, user: User) -> None:
    """Delete a template for good. Raises NotAllowed."""
    require(user, "incidents.delete_updatetemplate", "delete templates of updates")
    template.delete()


def find_adoptable(runbook: Runbook) -> list[UpdateTemplate]:
    """The messages that the runbook's text holds, as templates that are not saved: brackets that ask for a fact of the
    incident became its name, the others stay for whoever sends it."""
    version = runbook.shown_version
    if version is None:
        return []
    found = [one for one in version.document.get("templates", []) if one.get("kind") == "communication"]
    return [translate(one["name"], one["text"], runbook) for one in found]


@transaction.atomic
def adopt_template(runbook: Runbook, number: int, *, user: User) -> UpdateTemplate:
    """Make a template of the message with that number (from 0) of what the runbook shows.

    Everybody who sends updates reads templates, so none is taken out of a Confidential runbook. Raises NotAllowed, Refused.
    """
    require(user, "incidents.add_updatetemplate", "make templates of updates")
    if is_confidential(runbook):
        raise Refused(
            "This runbook is Confidential, and everybody who sends updates can read templates. Write one instead."
        )
    found = find_adoptable(runbook)
    if not 0 <= number < len(found):
        raise Refused("The runbook has no such message any more. Look again.")
    template = found[number]
    if UpdateTemplate.objects.filter(name=template.name).exists():
        raise Refused(f"There is already a template “{template.name}”.")
    return _write(template, {})


def translate(name: str, text: str, runbook: Runbook) -> UpdateTemplate:
    """A message of a runbook as a template."""
    lines = text.replace("\r\n", "\n").strip().split("\n")
    first = lines[0].strip().strip("*# ")
    is_title = first.startswith("[") and first.endswith("]") and first.count("[") == first.count("]") > 1
    if is_title:
        subject, lines = _put_names(first[1:-1]), lines[1:]
    else:
        subject = "{{ status }}: {{ title }}"
    body = "\n".join(_SETTLED.sub(r"\g<1>{{ status }}", _put_names(line)) for line in lines).strip()
    return UpdateTemplate(
        name=f"{name[:70]} ({str(runbook)[:45]})",
        kind=_find_kind(f"{name} {first}"),
        subject=subject[:200],
        markdown=body or subject,
    )


def _find_kind(words: str) -> UpdateKind:
    words = words.lower()
    if re.search(r"resol|all clear|closing|closed|recovered", words):
        return UpdateKind.RESOLVED
    return UpdateKind.INITIAL if re.search(r"initial|first|opening|start", words) else UpdateKind.UPDATE


def _put_names(line: str) -> str:
    def put_in(match: re.Match[str]) -> str:
        words = " ".join(match[1].lower().split())
        label = _LABEL.fullmatch(match.string[: match.start()])
        if label and _VAGUE.fullmatch(words):
            labelled = _find_name(label[1].lower(), _LABELLED)
            if labelled:
                return f"{{{{ {labelled} }}}}"
        name = _find_name(words, _MEANT)
        return f"{{{{ {name} }}}}" if name else match[0]

    return _BRACKET.sub(put_in, line)


def _find_name(words: str, table: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    return next((name for pattern, name in table if pattern.fullmatch(words)), "")


def _write(template: UpdateTemplate, values: dict[str, Any]) -> UpdateTemplate:
    for name in FIELDS:
        if name in values:
            setattr(template, name, values[name])
    template.name = " ".join(template.name.split())
    template.subject = " ".join(template.subject.split())
    template.markdown = template.markdown.replace("\r\n", "\n").strip()
    check_words(template.subject, "The subject")
    check_words(template.markdown, "The text")
    render_note(template.markdown)
    template.full_clean()
    template.save()
    return template

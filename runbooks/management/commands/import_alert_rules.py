"""`import_alert_rules PATH`: files of alerting rules go in, so that coverage knows which alerts there are."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from runbooks.alerting.rules import MOST_BYTES
from runbooks.errors import Refused
from runbooks.services.alerting import import_rules

ENDINGS = {".yaml", ".yml", ".json", ".rules"}


@dataclass
class Outcome:
    """`rules` counts the alerts of all files that are in now; `files` those that were taken in."""

    rules: int = 0
    files: int = 0
    unchanged: int = 0
    rejected: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"rules {self.rules}, files {self.files}, unchanged {self.unchanged}, rejected {len(self.rejected)}"


class Command(BaseCommand):
    help = (
        "Import Prometheus rule files (or PrometheusRule resources). A file of the same name replaces the one before."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="PATH", type=Path, help="A file of rules, or a folder of them.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen; change nothing.")
        parser.add_argument("--json", action="store_true", help="Print the result as JSON.")

    def handle(self, **options: Any) -> None:
        outcome = Outcome()
        with transaction.atomic():
            for name, path in find_files(options["path"]):
                take_in(name, path, outcome)
            if options["dry_run"]:
                transaction.set_rollback(True)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(outcome), ensure_ascii=False, indent=1))
        else:
            for reason in outcome.rejected.values():
                self.stderr.write(f"rejected {reason}")
            self.stdout.write(str(outcome))
        if outcome.rejected:
            sys.exit(1)


def find_files(path: Path) -> list[tuple[str, Path]]:
    """Names and places, in the order of the names: a name is the path below the folder that was given."""
    if path.is_file():
        return [(path.name, path)]
    if not path.is_dir():
        raise CommandError(f"There is no file or folder {path}.")
    found = (file for file in path.rglob("*") if file.suffix.lower() in ENDINGS and file.is_file())
    files = sorted((file.relative_to(path).as_posix(), file) for file in found)
    if not files:
        raise CommandError(f"No file below {path} ends in {', '.join(sorted(ENDINGS))}.")
    return files


def take_in(name: str, path: Path, outcome: Outcome) -> None:
    """One file; what is wrong with it is noted and the others still go in."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        done = import_rules(name, data, user=None, now=timezone.now())
    except (Refused, OSError) as refusal:
        outcome.rejected[name] = str(refusal)
        return
    outcome.rules += done.rules
    if done.is_unchanged:
        outcome.unchanged += 1
    else:
        outcome.files += 1

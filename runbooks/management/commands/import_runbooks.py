"""`import_runbooks PATH`: Markdown goes in as it is."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from accounts.models import User
from oncall.services import ensure_service
from runbooks.transfer.importing import Outcome, import_path


class Command(BaseCommand):
    help = "Import a file or a folder of Markdown. Again: only what changed becomes a new version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="PATH", type=Path, help="A Markdown file, or a folder of them.")
        parser.add_argument("--service", metavar="SLUG", help="All of it belongs to this service, made when missing.")
        parser.add_argument("--status", choices=["draft", "active"], default="active", help="Default: active.")
        parser.add_argument("--author", metavar="EMAIL", help="Who is named as the author.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen; change nothing.")
        parser.add_argument("--json", action="store_true", help="Print the result as JSON.")

    def handle(self, **options: Any) -> None:
        author = self.find_author(options["author"])
        with transaction.atomic():
            try:
                outcome = self.run(author, options)
            except FileNotFoundError as error:
                raise CommandError(str(error)) from None
            if options["dry_run"]:
                transaction.set_rollback(True)
        self.report(outcome, as_json=options["json"])
        if outcome.rejected:
            sys.exit(1)

    def find_author(self, email: str | None) -> User | None:
        if email is None:
            return None
        author = User.objects.filter(email__iexact=email).first()
        if author is None:
            raise CommandError(f"Nobody here has the e-mail address {email}.")
        return author

    def run(self, author: User | None, options: dict[str, Any]) -> Outcome:
        return import_path(
            options["path"],
            now=timezone.now(),
            status=options["status"],
            author=author,
            service=ensure_service(options["service"]) if options["service"] else None,
            progress=lambda paths: tqdm(paths, unit="file", disable=None, file=sys.stderr, leave=False),
        )

    def report(self, outcome: Outcome, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(vars(outcome), ensure_ascii=False, indent=1))
            return
        for path, reason in outcome.notes.items():
            self.stderr.write(f"left out {path}: {reason}")
        for path, reason in outcome.rejected.items():
            self.stderr.write(f"rejected {path}: {reason}")
        self.stdout.write(str(outcome))

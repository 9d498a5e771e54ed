"""`remove_example`: the example content goes, everything else stays."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal.example.removing import remove_example


class Command(BaseCommand):
    help = "Remove the example content. What somebody here has edited, or what their own rows refer to, stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--also-edited", action="store_true", help="Also example runbooks that somebody here has edited."
        )

    def handle(self, **options: Any) -> None:
        removal = remove_example(also_edited=options["also_edited"])
        for reason in removal.kept:
            self.stdout.write(f"kept {reason}")
        self.stdout.write(str(removal))

"""`benchmark`: the figures of the performance page beside their limits."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.benchmark.figures import format_table
from portal.benchmark.inside import STEPS
from portal.benchmark.measure import measure_all


class Command(BaseCommand):
    help = "Measure the portal in a throw-away instance: gunicorn with two workers, servers of its own. Takes some minutes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--corpus",
            metavar="PATH",
            type=Path,
            default=Path(settings.BASE_DIR) / "portal" / "example" / "runbooks",
            help="Markdown to multiply for the import; default: the example content.",
        )
        parser.add_argument(
            "--runbooks", metavar="N", type=int, default=5000, help="Documents to import; default 5000."
        )
        parser.add_argument(
            "--seconds", metavar="S", type=float, default=4.0, help="Time per page and round; default 4."
        )
        parser.add_argument("--json", action="store_true", help="Print the figures as JSON.")
        parser.add_argument("--inside", choices=sorted(STEPS), help="Used by the command itself.")
        parser.add_argument("--arguments", default="{}", help="Used by the command itself.")

    def handle(self, **options: Any) -> None:
        if options["inside"]:
            self.stdout.write(json.dumps(STEPS[options["inside"]](**json.loads(options["arguments"]))))
            return
        figures = measure_all(
            options["corpus"].resolve(),
            options["runbooks"],
            options["seconds"],
            lambda step: self.stderr.write(f"… {step}"),
        )
        if options["json"]:
            self.stdout.write(json.dumps([figure.to_dict() for figure in figures], indent=1))
        else:
            self.stdout.write(format_table(figures))
        if not all(figure.is_held for figure in figures):
            sys.exit(1)

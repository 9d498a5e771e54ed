"""`benchmark`: the figures of the performance page beside their limits."""

import gc
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.benchmark.escalation import measure_escalation
from portal.benchmark.figures import Figure, format_growth, format_table
from portal.benchmark.inside import STEPS
from portal.benchmark.links import measure_links
from portal.benchmark.measure import (
    measure_finding,
    measure_long_incident,
    measure_portal,
    measure_review_work,
    measure_rotations,
    measure_shift_handoff,
    measure_storm,
)
from portal.benchmark.outbox import measure_outbox

PARTS = ("portal", "search", "shifts", "outbox", "incident", "handoff", "alerts", "escalation", "links", "reviews")


class Command(BaseCommand):
    help = "Measure the portal in a throw-away instance: gunicorn with two workers, servers of its own. Takes some minutes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--corpus",
            metavar="PATH",
            type=Path,
            default=Path(settings.BASE_DIR) / "portal" / "example" / "runbooks",
            help="Markdown to multiply; default: the example content.",
        )
        parser.add_argument(
            "--runbooks", metavar="N", type=int, default=5000, help="Documents to import; default 5000."
        )
        parser.add_argument(
            "--seconds", metavar="S", type=float, default=4.0, help="Time per page and round; default 4."
        )
        parser.add_argument(
            "--sections", metavar="N", type=int, default=200_000, help="Sections to search in; default 200000."
        )
        parser.add_argument(
            "--notifications", metavar="N", type=int, default=10_000, help="Notifications to send; default 10000."
        )
        parser.add_argument("--only", choices=PARTS, help="Measure this part alone.")
        parser.add_argument("--json", action="store_true", help="Print the figures as JSON.")
        parser.add_argument("--inside", choices=sorted(STEPS), help="Used by the command itself.")
        parser.add_argument("--arguments", default="{}", help="Used by the command itself.")

    def handle(self, **options: Any) -> None:
        if options["inside"]:
            gc.freeze()  # as in a process of the web server (gunicorn.conf.py)
            self.stdout.write(json.dumps(STEPS[options["inside"]](**json.loads(options["arguments"]))))
            return
        figures = self._measure(options)
        if options["json"]:
            self.stdout.write(json.dumps([figure.to_dict() for figure in figures], indent=1))
        else:
            self.stdout.write("\n\n".join(filter(None, [format_table(figures), format_growth(figures)])))
        if not all(figure.is_held for figure in figures):
            sys.exit(1)

    def _measure(self, options: dict[str, Any]) -> list[Figure]:
        corpus, parts = options["corpus"].resolve(), [options["only"]] if options["only"] else PARTS

        def say(step: str) -> None:
            self.stderr.write(f"… {step}")

        figures: list[Figure] = []
        if "portal" in parts:
            figures += measure_portal(corpus, options["runbooks"], options["seconds"], say)
        if "search" in parts:
            figures += measure_finding(corpus, options["sections"], say)
        if "shifts" in parts:
            figures += measure_rotations(say)
        if "outbox" in parts:
            figures += measure_outbox(say, options["notifications"])
        if "incident" in parts:
            figures += measure_long_incident(say)
        if "handoff" in parts:
            figures += measure_shift_handoff(say)
        if "alerts" in parts:
            figures += measure_storm(say)
        if "escalation" in parts:
            figures += measure_escalation(say)
        if "links" in parts:
            figures += measure_links(say)
        if "reviews" in parts:
            figures += measure_review_work(say)
        return figures

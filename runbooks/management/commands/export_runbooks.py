"""`export_runbooks DIR`: the same tree back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from oncall.models import Service
from runbooks.transfer.exporting import export_to


class Command(BaseCommand):
    help = "Write every runbook's text below a folder, byte for byte as it was imported."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", metavar="DIR", type=Path)
        parser.add_argument("--service", metavar="SLUG", help="Only this service's runbooks.")

    def handle(self, **options: Any) -> None:
        service = None
        if options["service"]:
            service = Service.objects.filter(slug=options["service"]).first()
            if service is None:
                raise CommandError(f"There is no service {options['service']}.")
        try:
            number = export_to(options["dir"], service=service)
        except OSError as error:
            raise CommandError(f"The export stopped: {error}") from None
        self.stdout.write(f"exported {number} files")

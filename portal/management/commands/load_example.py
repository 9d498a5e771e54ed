"""`load_example`: a small made-up company to look around in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.example.loading import ExampleRefused, load_example


class Command(BaseCommand):
    help = "Load the example content. Again: nothing changes. `remove_example` removes it."

    def handle(self, **options: Any) -> None:
        try:
            outcome = load_example(timezone.now())
        except ExampleRefused as refusal:
            raise CommandError(f"{refusal} Nothing was loaded.") from None
        self.stdout.write(f"Example content: {outcome}")

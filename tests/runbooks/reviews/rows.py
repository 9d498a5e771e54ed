"""What asks for reviews, for tests of answers."""

from runbooks.models import Evidence
from runbooks.services.evidence import Noticed, notice
from tests.factories import NOW

PLAIN = "# Ticket desk\n\n## Overview\n\nSells tickets at the pier.\n"  # states neither period nor dates


def ask(runbook, key="contact:1", *, now=NOW, kind=Evidence.Kind.CONTACT, text="Ada Winter has left."):
    """Something that asks for a review of the runbook."""
    notice([Noticed(runbook.pk, kind, key, text)], now)
    return Evidence.objects.get(key=key)

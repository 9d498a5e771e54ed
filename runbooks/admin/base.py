"""What services refuse, said on the form or as a message."""

from __future__ import annotations

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from accounts.admin_base import PortalAdmin
from runbooks.errors import EditConflict, Refused, SecretFound, TextRefused

# Refusals that are about the words, not about the step.
ABOUT_TEXT = (EditConflict, SecretFound, TextRefused)


class RunbooksAdmin(PortalAdmin):
    refusals = (*PortalAdmin.refusals, Refused, ValidationError)

    def explain(self, refusal: Exception) -> list[tuple[str, str]]:
        if isinstance(refusal, ValidationError):
            return sentences_of(refusal)
        if isinstance(refusal, Refused):
            return [("markdown" if isinstance(refusal, ABOUT_TEXT) else NON_FIELD_ERRORS, str(refusal))]
        return super().explain(refusal)


def sentences_of(error: ValidationError) -> list[tuple[str, str]]:
    """Each field of the error with each of its sentences."""
    if not hasattr(error, "error_dict"):
        return [(NON_FIELD_ERRORS, text) for text in error.messages]
    return [(field, text) for field, texts in error.message_dict.items() for text in texts]

"""Telephone numbers in the address of an SMS gateway: Apprise drops those that are none without a word."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import phonenumbers

from oncall.errors import AddressRefused
from oncall.models import Address
from oncall.outbox.schemas import open_service

NUMBER = re.compile(r"\+?[\d\s().-]+")


def check_numbers(target: str) -> None:
    """Raise AddressRefused when a number in the path is none (E.164 lengths by country), or when no number is left."""
    for part in urlsplit(target).path.split("/"):
        text = unquote(part).strip()
        if text and NUMBER.fullmatch(text) and not is_number(text):
            raise AddressRefused(
                f"“{text}” is no telephone number. Write it with its country code, as +44 20 7946 0000."
            )
    service = open_service(Address.Transport.SMS, target)
    if not getattr(service, "targets", ["unknown"]):
        raise AddressRefused("Say at the end of the address which telephone number it goes to, with its country code.")


def is_number(text: str) -> bool:
    """Whether such a number can exist; with or without the plus, as gateways take both."""
    digits = re.sub(r"\D", "", text)
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return False

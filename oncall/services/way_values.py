"""What a way to reach somebody may hold, and how it is written down: numbers in international form, addresses checked."""

from __future__ import annotations

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator

from oncall.models import Way

NO_NUMBER = (
    "“%(value)s” is no telephone number that can be called from everywhere. "
    "Begin with + and the code of the country, as in +44 20 7946 0123."
)
NO_MAIL = "“%(value)s” is no e-mail address. Write it like harbour@example.com."
NO_PAGE = "“%(value)s” is no web page. Write the whole address, with https:// in front."
_check_mail = EmailValidator()
_check_page = URLValidator(schemes=["http", "https"])


def squeeze(text: str) -> str:
    """The text on one line, single spaces between words, without characters that only machines see."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def clean_value(kind: str, text: str) -> str:
    """The value as it is stored. Raises ValidationError, in words that say how to write it."""
    value = squeeze(text)
    if not value:
        raise ValidationError("Say where this leads, or take the line out.")
    if kind == Way.Kind.PHONE:
        return write_phone(value)
    if kind == Way.Kind.EMAIL:
        return _checked(_check_mail, value, NO_MAIL)
    if kind == Way.Kind.WEB:
        return _checked(_check_page, value, NO_PAGE)
    return value


def write_phone(text: str) -> str:
    """The number in international form, `+44 20 7946 0123`, with ` x12` for an extension. Raises ValidationError.

    Asked is whether its length fits its country (ITU E.164), not whether the range is in use: numbering plans change more
    often than any list of them, and a true number that is refused does more harm than a wrong one that looks right.
    """
    dialled = f"+{text[2:]}" if text.startswith("00") else text
    try:
        number = phonenumbers.parse(dialled, None)
    except phonenumbers.NumberParseException:
        raise ValidationError(NO_NUMBER, params={"value": text}) from None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValidationError(NO_NUMBER, params={"value": text})
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _checked(check: EmailValidator | URLValidator, value: str, why: str) -> str:
    try:
        check(value)
    except ValidationError:
        raise ValidationError(why, params={"value": value}) from None
    return value


def is_mobile(value: str) -> bool:
    """Whether a number as `write_phone` gives it may be somebody's mobile. Where a country tells no difference: yes."""
    kinds = phonenumbers.PhoneNumberType
    kind = phonenumbers.number_type(phonenumbers.parse(value, None))
    return kind not in {kinds.FIXED_LINE, kinds.TOLL_FREE, kinds.SHARED_COST, kinds.UAN, kinds.VOIP}

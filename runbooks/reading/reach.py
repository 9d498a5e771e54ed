"""Ways to reach somebody, told apart in free text: e-mail, phone, chat, web address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from runbooks.reading.wording import given, squeeze

# Every repetition is bounded, so a long text without an address costs a constant for each character.
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b")
_URL = re.compile(r"\bhttps?://[^\s<>\"')\]]{1,2000}", re.IGNORECASE)
_PHONE = re.compile(
    r"(?<![\w.-])(?:\+|\(\+?)?\d[\d().\s/-]{5,22}\d(?:\s{0,2}(?:ext\.?|x)\s{0,2}\d{1,6})?(?![\w-])", re.IGNORECASE
)
_SHORT_PHONE = re.compile(r"\b(?:ext\.?|extension|phone|tel\.?|pager)\s{0,2}:?\s{0,2}(\d{3,6})\b", re.IGNORECASE)
_CHAT = re.compile(r"(?<![\w/&#])#[A-Za-z][\w-]{1,79}|(?<![\w.+/-])@[A-Za-z][\w.-]{1,79}")
_DATE_LIKE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|(?:\d{1,2}[:.]\d{2}.{0,4}){2}")
_WRAPPING = re.compile(r"\(\s{0,3}[,;/]{0,3}\s{0,3}\)|<\s{0,3}>|\bmailto:|\btel:", re.IGNORECASE)
_LABELS = re.compile(r"\b(?:e-?mail|phone|tel|telephone|mobile|cell|slack|teams|chat|url|pager)\s{0,2}:", re.IGNORECASE)
_EDGES = " \t,;:/|·•–—-("
_LONGEST = 500  # characters looked at; what is longer is prose


@dataclass(frozen=True, slots=True)
class Reach:
    """What was found; `rest` is the text without it, which is usually a name."""

    email: str = ""
    phone: str = ""
    chat: str = ""
    url: str = ""
    rest: str = ""

    @property
    def is_found(self) -> bool:
        return bool(self.email or self.phone or self.chat or self.url)


def split_reach(text: str, url: str = "") -> Reach:
    """Take a text such as `Ann Lee, ann@example.org, +1 555 0100, #payments` apart. `url` is the target of its link."""
    text = squeeze(text)[:_LONGEST]
    address, text = _take(_URL, text)
    email, text = _take(_EMAIL, text)
    chat, text = _take(_CHAT, text)
    phone, text = _take_phone(text)
    if url.lower().startswith("mailto:"):
        email = email or url[7:].split("?", maxsplit=1)[0]
    elif url.lower().startswith("tel:"):
        phone = phone or url[4:]
    elif url.lower().startswith(("https://", "http://")):
        address = address or url
    rest = given(_WRAPPING.sub(" ", _LABELS.sub(" ", text)).strip(_EDGES))
    return Reach(email=email, phone=phone, chat=chat, url=address.rstrip(".,;"), rest=_close_brackets(rest))


def _take(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    match = pattern.search(text)
    if not match:
        return "", text
    return match[0], f"{text[: match.start()]} {text[match.end() :]}"


def _take_phone(text: str) -> tuple[str, str]:
    for match in _PHONE.finditer(text):
        digits = sum(character.isdigit() for character in match[0])
        if 7 <= digits <= 18 and not _DATE_LIKE.search(match[0]):
            return match[0].strip(), f"{text[: match.start()]} {text[match.end() :]}"
    short = _SHORT_PHONE.search(text)
    return (short[0].strip(), text.replace(short[0], " ")) if short else ("", text)


def _close_brackets(text: str) -> str:
    """The name without a bracket that lost its other half."""
    text = text.strip(_EDGES)
    return text.rstrip(") ") if text.endswith(")") and "(" not in text else text

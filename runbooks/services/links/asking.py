"""One request to an address that stands in a text: to public hosts only, within a time limit, without cookies or passwords."""

from __future__ import annotations

import datetime as dt
import ssl
from dataclasses import dataclass

import requests
from django.conf import settings

from oncall.outbox.retrying import read_retry_after
from oncall.outbox.sending.wire import Wire
from runbooks.link_addresses import encode

PRIVATE = "LINK_PRIVATE_NETWORKS"
READ_BYTES = 4096  # of an answer: that there is one is all we want to know


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status` is None without an answer; `silence` then says why, and `said` says it in a sentence."""

    status: int | None = None
    said: str = ""
    location: str = ""  # where a redirect leads
    retry_after: dt.timedelta | None = None
    silence: str = ""  # "private", "odd" (no address), "away" (no such name, no connection), "late", "tls", "cut"


def ask(method: str, address: str, now: dt.datetime) -> Answer:
    """Ask once, HEAD or GET. Raises nothing that a far end can cause."""
    headers = {
        "User-Agent": f"RunbookPortal/1 (+{settings.PORTAL_URL})",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
    }
    wire = Wire(settings.LINK_TIMEOUT_SECONDS, allowed_by=PRIVATE, read_bytes=READ_BYTES)
    with wire, requests.Session() as session:
        session.trust_env = False  # no password out of ~/.netrc
        try:
            answer = session.request(method, encode(address), headers=headers)
        except (requests.RequestException, OSError, ValueError) as error:
            if wire.answer is None or wire.is_cut:
                return _explain(wire, error)
            answer = wire.answer  # the body broke off: there is an answer all the same
    return _late() if wire.is_cut else _read(answer, now)


def _read(answer: requests.Response, now: dt.datetime) -> Answer:
    reason = " ".join((answer.reason or "").split())[:60]
    return Answer(
        answer.status_code,
        f"{answer.status_code} {reason}".strip() + ".",
        _as_text(answer.headers.get("Location", "")),
        read_retry_after(answer.headers.get("Retry-After"), now),
    )


def _as_text(header: str) -> str:
    """Headers arrive as Latin-1; addresses in them are UTF-8 where they are no ASCII."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _explain(wire: Wire, error: Exception) -> Answer:
    error = wire.error or error
    if wire.refusal is not None:
        return Answer(said="It leads into a private network, where the portal does not go.", silence="private")
    if wire.deadline.is_over or isinstance(error, requests.Timeout) or isinstance(wire.unreachable, TimeoutError):
        return _late()
    if isinstance(error, requests.exceptions.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return Answer(said="Its certificate is not valid, or TLS failed.", silence="tls")
    if wire.unreachable is not None:
        refused = isinstance(wire.unreachable, ConnectionRefusedError)
        said = "The connection is refused." if refused else "Its name leads nowhere, or no connection comes about."
        return Answer(said=said, silence="away")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema | ValueError):
        return Answer(said="It is no web address.", silence="odd")
    return Answer(said="The connection was closed without an answer.", silence="cut")


def _late() -> Answer:
    return Answer(said=f"No answer within {settings.LINK_TIMEOUT_SECONDS:g} seconds.", silence="late")

"""What an HTTP answer, or none, means for a delivery."""

from __future__ import annotations

import datetime as dt

import requests

from oncall.outbox.outcomes import SENT, Outcome, later, never
from oncall.outbox.retrying import read_retry_after
from oncall.outbox.sending.wire import Wire

# 408 the far end was too slow, 425 too early, 429 too many; 409 and 423 pass with whatever holds it.
LATER_STATUSES = frozenset({408, 409, 421, 423, 425, 429})


def judge_answer(answer: requests.Response, now: dt.datetime) -> Outcome:
    """2xx is sent; 5xx and a few others may pass; every other answer, a redirect too, is final."""
    status = answer.status_code
    if 200 <= status < 300:
        return SENT
    said = f"The far end answered {status} {answer.reason or ''}".rstrip() + "."
    if status >= 500 or status in LATER_STATUSES:
        pause = read_retry_after(answer.headers.get("Retry-After"), now)
        return later(said, retry_after=pause, is_down=status in (429, 503))
    if 300 <= status < 400:
        return never(f"{said} Redirects are not followed: enter the address it leads to.")
    return never(f"{said} Check the address.")


def judge_silence(wire: Wire) -> Outcome:
    """No answer: refused by the guard, too slow, or not reachable."""
    if wire.refusal is not None:
        return never(str(wire.refusal))
    if wire.deadline.is_over or isinstance(wire.error, requests.Timeout):
        return later(f"No answer within {wire.seconds:.0f} seconds.", is_down=True)
    if isinstance(wire.error, requests.exceptions.SSLError):
        return later("The far end's certificate is not valid, or TLS failed.", is_down=True)
    if isinstance(wire.error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return never("This is no web address.")
    return later("The far end could not be reached, or closed the connection.", is_down=True)

"""What is looked at before an address is kept, and again before anything is sent there."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from oncall.errors import AddressRefused
from oncall.models import Address
from oncall.outbox.networks import find_places
from oncall.outbox.schemas import SELF_HOSTED, list_schemas, open_service

Transport = Address.Transport


def check_address(transport: str, target: str) -> None:
    """Raise AddressRefused for what the portal would not send to; the text says why, and never repeats the address.

    A name that can't be looked up just now passes: it is looked at again with every message.
    """
    if transport == Transport.EMAIL:
        _check_mail(target)
    elif transport == Transport.WEBHOOK:
        parts = split_webhook(target)
        _require_public_host(parts.hostname or "", parts.port or 443)
    else:
        _check_service(transport, target)


def split_webhook(target: str) -> SplitResult:
    """The parts of a webhook's address. Raises AddressRefused unless it is https (http too, in one's own network)."""
    allowed = ("https", "http") if settings.OUTBOX_PRIVATE_NETWORKS else ("https",)
    try:
        parts = urlsplit(target)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise AddressRefused("This is no web address.") from error
    if parts.scheme.lower() not in allowed or not host or port == 0 or any(c.isspace() or c < " " for c in target):
        raise AddressRefused("A webhook needs an address that starts with https://.")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("Leave the user and password out of the address: the signature says who sends.")
    return parts


def _check_mail(target: str) -> None:
    try:
        validate_email(target)
    except ValidationError as error:
        raise AddressRefused("This is no e-mail address.") from error


def _check_service(transport: str, target: str) -> None:
    service = open_service(transport, target)
    schemas = list_schemas(service)
    is_own_ntfy = transport == Transport.NTFY and getattr(service, "mode", "") == "private"
    host = getattr(service, "host", None)
    if host and (schemas & SELF_HOSTED or is_own_ntfy):
        _require_public_host(host, getattr(service, "port", None) or 443)


def _require_public_host(host: str, port: int) -> None:
    try:
        find_places(host, port)
    except OSError:
        return

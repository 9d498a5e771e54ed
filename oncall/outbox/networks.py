"""Which hosts the portal connects to when an address that somebody typed in says so: those out in the world only.

An address into the portal's own machine or a private network would let any user reach what only the portal should
(OWASP, Server-Side Request Forgery). Names are resolved once and the connection goes to what was checked.
"""

from __future__ import annotations

import ipaddress
import socket
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooSlow
from threading import Thread

from django.conf import settings

from oncall.errors import AddressRefused

RESOLVE_SECONDS = 4.0
WEBHOOKS = "OUTBOX_PRIVATE_NETWORKS"  # the setting that allows private networks where messages are sent
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Place = tuple[socket.AddressFamily, tuple]  # a family and what `socket.connect` takes

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address
NEVER = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared by the customers of a carrier, RFC 6598
        "192.0.0.0/24",
        "198.18.0.0/15",
        "255.255.255.255/32",
        "::/96",  # the unspecified and the loopback address, and IPv4 addresses in their old spelling
        "64:ff9b:1::/48",  # RFC 8215
        "fc00::/7",
        "fec0::/10",
    )
]
PROBE = "192.0.2.1"  # for documentation (RFC 5737): nobody's own


def find_places(host: str, port: int, allowed_by: str = WEBHOOKS) -> list[Place]:
    """Where a host is, to connect to. Raises AddressRefused, and OSError when the name leads nowhere.

    `allowed_by` names the setting that opens private networks.
    """
    places: list[Place] = []
    for family, _, _, _, where in _resolve(host, port):
        if family not in (socket.AF_INET, socket.AF_INET6):
            continue
        require_public(str(where[0]), allowed_by)
        places.append((family, where))
    if not places:
        raise OSError(f"{host} has no address")
    return places


def require_public(ip: str, allowed_by: str = WEBHOOKS) -> None:
    """Raise AddressRefused for an address of this machine or of a private network, unless that setting allows it."""
    if not getattr(settings, allowed_by) and not is_public(ip):
        raise AddressRefused(
            "This address leads into the portal's own or a private network. The portal goes there only when "
            f"{allowed_by} is set."
        )


def is_public(ip: str) -> bool:
    """Whether an IP address is out in the world, whatever it is wrapped in."""
    address: IpAddress = ipaddress.ip_address(ip.partition("%")[0])
    inner = _unwrap(address)
    if inner is not None:
        return is_public(str(inner))
    if not address.is_global or address.is_multicast or any(address in network for network in NEVER):
        return False
    return not _is_own(address)


def _unwrap(address: IpAddress) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside an IPv6 one: mapped, 6to4, Teredo, NAT64."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _is_own(address: IpAddress) -> bool:
    """Whether this machine has the address itself: the kernel lets us bind to no other, unless told otherwise."""
    return _can_bind(str(address), address.version) and not _can_bind(PROBE, 4)


def _can_bind(ip: str, version: int) -> bool:
    family = socket.AF_INET6 if version == 6 else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((ip, 0))
            return True
    except OSError:
        return False


def _resolve(host: str, port: int) -> list[tuple]:
    """What the resolver says; it has no time limit of its own, so it is asked in a thread that may be left behind."""
    answer: Future[list[tuple]] = Future()

    def ask() -> None:
        try:
            answer.set_result(socket.getaddrinfo(host.strip("[]").rstrip("."), port, type=socket.SOCK_STREAM))
        except UnicodeError as error:
            answer.set_exception(OSError(f"{host} is no name of a host: {error}"))
        except OSError as error:
            answer.set_exception(error)

    Thread(target=ask, daemon=True, name="resolve").start()
    try:
        return answer.result(RESOLVE_SECONDS)
    except TooSlow:
        raise OSError(f"the name {host} could not be looked up in {RESOLVE_SECONDS:.0f} seconds") from None

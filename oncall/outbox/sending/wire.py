"""HTTP for addresses that people typed in: to public hosts only, without redirects or proxies, within a time limit.

`Wire` is what goes on during one send. Webhooks use its session. Apprise calls `requests` by itself and keeps the answer
to itself, so `requests.Session.send` asks here whether a wire is in use; outside of a send it is what it always was.
"""

from __future__ import annotations

import socket
from contextvars import ContextVar
from types import TracebackType
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from oncall.errors import AddressRefused
from oncall.outbox.networks import WEBHOOKS, find_places
from oncall.outbox.sending.deadline import Deadline

CONNECT_SECONDS = 5.0
READ_BYTES = 65_536  # of an answer; the rest is left unread

_in_use: ContextVar[Wire | None] = ContextVar("wire", default=None)


class Wire:
    """One send, as a `with` block of that many seconds at most: its time limit, and what the far end said last.

    `allowed_by` names the setting that opens private networks; of an answer `read_bytes` are read.
    """

    def __init__(self, seconds: float, *, allowed_by: str = WEBHOOKS, read_bytes: int = READ_BYTES) -> None:
        self.seconds = seconds
        self.allowed_by = allowed_by
        self.read_bytes = read_bytes
        self.unreachable: OSError | None = None  # why no connection came about
        self.is_cut = False  # whether time was over before the whole head of the answer was there
        self.answer: requests.Response | None = None
        self.refusal: AddressRefused | None = None
        self.error: Exception | None = None
        self.deadline = Deadline(seconds)

    def __enter__(self) -> Wire:
        self.deadline.__enter__()
        self._token = _in_use.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _in_use.reset(self._token)
        self.deadline.__exit__(kind, error, trace)

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to a place that was checked. Raises AddressRefused and OSError."""
        try:
            return self._connect(host, port)
        except OSError as error:
            self.unreachable = error
            raise

    def _connect(self, host: str, port: int) -> socket.socket:
        failure: OSError | None = None
        for family, where in find_places(host, port, self.allowed_by):
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.settimeout(min(CONNECT_SECONDS, self.seconds))
                sock.connect(where)
                sock.settimeout(self.seconds)
                self.deadline.watch(sock)
                return sock
            except OSError as error:
                failure = error
                sock.close()
        raise failure or OSError(f"{host} has no address")

    def exchange(
        self, session: requests.Session, request: requests.PreparedRequest, **kwargs: Any
    ) -> requests.Response:
        """What `Session.send` does during this send."""
        session.mount("https://", _WireAdapter(self))
        session.mount("http://", _WireAdapter(self))
        session.get_redirect_target = _lead_nowhere  # type: ignore[method-assign, assignment]  # else its whole body is read
        kwargs |= {"proxies": {}, "allow_redirects": False, "stream": True, "timeout": self.seconds}
        try:
            self.answer = _plain_send(session, request, **kwargs)
            self.is_cut = self.deadline.is_over
            self.answer._content = self.answer.raw.read(self.read_bytes, decode_content=True)
        except AddressRefused as refusal:
            self.refusal = refusal
            raise requests.ConnectionError("refused", request=request) from refusal
        except Exception as error:
            self.error = error
            raise
        finally:
            if self.answer is not None:
                self.answer.close()
        return self.answer


class _WireAdapter(HTTPAdapter):
    """Connects through the wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        wire = self._wire

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return wire.connect(self.host, self.port or 80)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return wire.connect(self.host, self.port or 443)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def _lead_nowhere(answer: requests.Response) -> None:
    """No redirect is followed, so none is looked for either."""


_plain_send = requests.Session.send


def _send(self: requests.Session, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
    wire = _in_use.get()
    return _plain_send(self, request, **kwargs) if wire is None else wire.exchange(self, request, **kwargs)


requests.Session.send = _send  # type: ignore[method-assign]  # Apprise offers no way to see or steer its requests

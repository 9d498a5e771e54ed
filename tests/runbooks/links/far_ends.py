"""Web servers at the far edge, on ports of this machine: each port is a host of its own to the portal."""

import datetime as dt
import itertools
import socket
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from tests.factories import NOW


class Clock:
    """A clock that goes forward when somebody sleeps by it, or a test says so. Several threads may."""

    def __init__(self) -> None:
        self._now, self._lock = NOW, Lock()

    def __call__(self) -> dt.datetime:
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        self.go_on(seconds=seconds)

    def go_on(self, **much: float) -> None:
        with self._lock:
            self._now += dt.timedelta(**much)


class FarEnd:
    """Answers by path: `pages["/x"]` is a status, or a function of the request handler that answers by itself."""

    def __init__(self, clock: Clock) -> None:
        self.pages: dict[str, int | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.seen: list[tuple[str, str, dict[str, str]]] = []  # method, path, headers
        self.times: list[dt.datetime] = []  # by the clock, when each request came in
        far_end = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                far_end.times.append(clock())
                far_end.seen.append((self.command, self.path, dict(self.headers)))
                page = far_end.pages.get(self.path, 200)
                with suppress(ConnectionError):
                    if callable(page):
                        page(self)
                    else:
                        answer(self, page, far_end.headers.get(self.path, {}))

            do_HEAD = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    def at(self, path: str = "/") -> str:
        return f"http://{self.host}{path}"

    def find_methods(self) -> list[str]:
        return [method for method, _, _ in self.seen]

    def find_gaps(self) -> list[float]:
        """Seconds between one request and the next."""
        times = sorted(self.times)
        return [(after - before).total_seconds() for before, after in itertools.pairwise(times)]

    def __enter__(self) -> "FarEnd":
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def answer(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes = b"") -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


def redirect(target: str, status: int = 302):
    """An answer that leads on."""
    return lambda handler: answer(handler, status, {"Location": target})


def find_closed_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

"""A small client that keeps its connections open and asks for one page again and again, for a bounded time."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field

CONNECTIONS = 4
MAX_RECONNECTS = 20  # of one connection in one run


class Closed(Exception):
    """The server ended a kept-open connection."""


@dataclass
class Load:
    """Requests to one address of this machine, over several kept-open connections."""

    port: int
    path: str
    cookie: str
    seconds: float
    answered: int = 0
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> float:
        """Answers per second. Raises RuntimeError when an answer was not 200."""
        started = time.perf_counter()
        threads = [threading.Thread(target=self._ask, args=(started + self.seconds,)) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.errors:
            raise RuntimeError(f"{self.path}: {self.errors[0]}")
        return self.answered / (time.perf_counter() - started)

    def _ask(self, until: float) -> None:
        request = (f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookie}\r\n\r\n").encode()
        answered, reconnects = 0, 0
        while time.perf_counter() < until and not self.errors:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
                    buffer = bytearray()
                    while time.perf_counter() < until:
                        line.sendall(request)
                        self._read_answer(line, buffer)
                        answered += 1
            except Closed as error:
                # A worker that has answered its share makes way for a new one; a browser connects again, too.
                reconnects += 1
                if reconnects > MAX_RECONNECTS:
                    self.errors.append(str(error))
            except (OSError, RuntimeError) as error:
                self.errors.append(str(error))
        with self.lock:
            self.answered += answered

    @staticmethod
    def _read_answer(line: socket.socket, buffer: bytearray) -> None:
        """Read one answer and leave the buffer empty."""
        while (end := buffer.find(b"\r\n\r\n")) < 0:
            _fill(line, buffer)
        head = bytes(buffer[:end]).decode("latin-1")
        if not head.startswith("HTTP/1.1 200"):
            raise RuntimeError(head.split("\r\n", 1)[0])
        lengths = [h.partition(":")[2] for h in head.split("\r\n") if h.lower().startswith("content-length")]
        if not lengths:
            raise RuntimeError("an answer without a length")
        size = end + 4 + int(lengths[0])
        while len(buffer) < size:
            _fill(line, buffer)
        buffer.clear()


def _fill(line: socket.socket, buffer: bytearray) -> None:
    try:
        data = line.recv(262_144)
    except ConnectionResetError:
        data = b""
    if not data:
        raise Closed("the connection was closed")
    buffer += data


def compare(port: int, cookie: str, paths: list[str], *, rounds: int, seconds: float) -> list[list[float]]:
    """Requests per second for each path, in turn round by round, so that a machine that drifts drifts for all."""
    for path in paths:
        Load(port, path, cookie, 1.0).run()
    rates: list[list[float]] = [[] for _ in paths]
    for _ in range(rounds):
        for rate, path in zip(rates, paths, strict=True):
            rate.append(Load(port, path, cookie, seconds).run())
    return rates

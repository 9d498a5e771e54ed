"""A mail server that takes everything and keeps nothing but the Message-ID of each mail. For measuring only."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from threading import Event, Thread

GREETING = b"220 sink\r\n"
ANSWERS = {b"EHLO": b"250 sink\r\n", b"HELO": b"250 sink\r\n", b"QUIT": b"221 bye\r\n"}


class MailSink:
    """For a `with` block: listens on a free port of the loopback interface, in a thread."""

    def __init__(self) -> None:
        self.ids: Counter[bytes] = Counter()
        self.first_at = self.last_at = 0.0  # time.perf_counter of the first and the last mail
        self.port = 0
        self._ready = Event()
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> MailSink:
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = int(server.sockets[0].getsockname()[1])
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GREETING)
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self._take(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(ANSWERS.get(verb, b"250 fine\r\n"))
            if verb == b"QUIT":
                break
        writer.close()

    def _take(self, mail: bytes) -> None:
        self.last_at = time.perf_counter()
        self.first_at = self.first_at or self.last_at
        headers = mail.partition(b"\r\n\r\n")[0].split(b"\r\n")
        self.ids.update(line.partition(b":")[2].strip() for line in headers if line.lower().startswith(b"message-id:"))

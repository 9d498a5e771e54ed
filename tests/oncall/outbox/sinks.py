"""Servers at the far edge, in threads of the test: a mail server that misbehaves as told, and a web server that answers so."""

import asyncio
import json
import socket
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


def find_free_port() -> int:
    """A port of this machine that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailSink:
    """An SMTP server on a free port. `answers` are used up one per mail; then it takes everything.

    An answer is a line such as "451 come back later", or "drop": take the mail, and close without a word. While `hold`
    is cleared, a mail that was handed over waits for its answer; `entered` says that one does.
    """

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.answers: list[str] = []
        self.hold, self.entered = Event(), Event()
        self.hold.set()
        self.sessions = 0
        self.port = find_free_port()
        self._controller: Controller | None = None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server: SMTP, session, envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer == "drop" or answer.startswith("2"):
            self.mails.append(message_from_bytes(envelope.content))
        self.entered.set()
        while not self.hold.is_set():
            await asyncio.sleep(0.02)
        if answer == "drop":
            server.transport.abort()
        return answer

    def start(self) -> None:
        """Listen, on the same port as before."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, data_size_limit=10_000_000)
        self._controller.start()

    def stop(self) -> None:
        """Refuse connections from now on."""
        self.hold.set()
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def __enter__(self) -> "MailSink":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def count_ids(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(mail["Message-ID"] for mail in self.mails)

    def count_subjects(self) -> Counter[str]:
        """How often each subject was taken, counting mails of one Message-ID once."""
        return Counter({mail["Message-ID"]: mail["Subject"] for mail in self.mails}.values())


class WebSink:
    """A web server on a free port of this machine; `answer` is called with each request and gives status and headers."""

    def __init__(self, answer: Callable[["Seen"], tuple[int, dict[str, str]]] | None = None) -> None:
        self.seen: list[Seen] = []
        self.answer = answer or (lambda request: (200, {}))
        self.body = b"{}"
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = Seen(self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"] or 0)))
                sink.seen.append(request)
                status, headers = sink.answer(request)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(sink.body)))
                self.end_headers()
                self.wfile.write(sink.body)

            do_PUT = do_GET = do_POST

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> "WebSink":
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


class Seen:
    """A request that came in."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self.path, self.headers, self.body = path, headers, body

    @property
    def json(self) -> dict:
        return json.loads(self.body)

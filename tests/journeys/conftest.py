"""One Chromium for all journeys, a fresh profile for each, and a watch that lets no error of the page go by.

Playwright's sync API keeps an event loop running in this thread, and Django refuses its ORM where one runs. Nothing
here is awaited between two queries, so the refusal is switched off (`DJANGO_ALLOW_ASYNC_UNSAFE`) as long as the browser
is open, and only then: no other test sees it.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from accounts.models import User
from accounts.roles import APPROVER, EDITOR
from portal.example.loading import load_example
from tests.factories import NOW, make_draft, make_user
from tests.journeys.editor import EDIT

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",  # root has no sandbox, and the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 8_000  # milliseconds until a thing that does not appear is missing
DESK = {"width": 1360, "height": 900}

OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Without one the journeys are skipped on a laptop, and fail where `CI` is set."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        reason = f"no browser: install one of {', '.join(BROWSERS)}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Watch:
    """Collects what must not happen while somebody walks through the portal."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.expected: set[int] = set()
        self.is_over = (
            False  # the walk has ended, and requests under way are cut off: what they complain of is no finding
        )

    def expect(self, *statuses: int) -> None:
        """These answers (4xx) belong to the journey: the browser's console may complain about them."""
        self.expected.update(statuses)

    def attach(self, context: BrowserContext) -> None:
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.problems.append(f"page error: {error.error}"))
        context.on("response", self._see)

    def _hear(self, message: ConsoleMessage) -> None:
        """Violations of the Content-Security-Policy are console errors too."""
        if message.type == "error" and not self.is_over and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console: {message.text}")

    def _see(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.problems.append(f"{response.status} {response.url}")


class RequestsUnderWay:
    """Counts what the live server is answering: its rows must not be taken away in the middle of that."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()
        request_started.connect(self._start)
        request_finished.connect(self._finish)

    def wait(self, seconds: float = 10) -> None:
        """Returns when nothing is under way; at the latest after that many seconds."""
        until = time.monotonic() + seconds
        while self._count > 0 and time.monotonic() < until:
            time.sleep(0.01)
        request_started.disconnect(self._start)
        request_finished.disconnect(self._finish)

    def _start(self, **kwargs: Any) -> None:
        with self._lock:
            self._count += 1

    def _finish(self, **kwargs: Any) -> None:
        with self._lock:
            self._count -= 1


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    assert watch.problems == []


@pytest.fixture
def open_page(browser: Browser, live_server: Any, watch: Watch) -> Iterator[OpenPage]:
    """Opens a page in a profile of its own, logged in when a person is given; takes Playwright's context options."""
    contexts: list[BrowserContext] = []

    def open_one(user: User | None = None, path: str | None = None, **options: Any) -> Page:
        wanted: dict[str, Any] = {"viewport": DESK, "locale": "en-GB", "color_scheme": "light"} | options
        context = browser.new_context(base_url=live_server.url, accept_downloads=False, **wanted)
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.set_default_timeout(PATIENCE)
        watch.attach(context)
        if user is not None:
            context.add_cookies([make_session_cookie(user, live_server.url)])
        page = context.new_page()
        if path is not None:
            page.goto(path)
        return page

    under_way = RequestsUnderWay()
    yield open_one
    watch.is_over = True
    for context in contexts:
        context.set_offline(True)  # an editor that closes sends its last words: here they would meet emptied tables
        context.close()
    under_way.wait()


def make_session_cookie(user: User, url: str) -> Any:
    """The cookie of a new session of that person."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = django_settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"name": django_settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": url}


@pytest.fixture
def ben(transactional_db: None) -> User:
    """Somebody who writes."""
    return make_user("ben", role=EDITOR, display_name="Ben Tidewell")


@pytest.fixture
def page(open_page: OpenPage, ben: User) -> Page:
    """Ben with his draft open in the editor."""
    make_draft(ben)
    return open_page(ben, EDIT)


@pytest.fixture
def cy(transactional_db: None) -> User:
    """Somebody who writes and approves."""
    return make_user("cy", role=APPROVER, display_name="Cy Roper")


@pytest.fixture
def example(transactional_db: None) -> None:
    """The example company: every form of text, every kind of row."""
    load_example(NOW)

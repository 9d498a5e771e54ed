"""Rules of the house that no single page can see to."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter

from portal.middleware import OPEN_VIEWS

BASE = Path(settings.BASE_DIR)
VALUES = {
    "service": "desk",
    "slug": "desk",
    "number": (1, 0),
    "a": (1, 0),
    "b": (1, 1),
    "sha256": "0" * 64,
    "extension": "png",
    "uidb36": "1",
    "key": "a-b",
    "pk": 1,
    "step": 1,
    "ladder": 1,
}


def own_patterns(resolver=None, namespace=""):
    """Every named address of the portal itself and of allauth; the admin and the API guard themselves (see their tests)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace not in ("admin", "api"):
                yield from own_patterns(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{namespace}{pattern.name}", pattern.pattern.converters


PAGES = sorted(dict(own_patterns()))


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in PAGES if name not in OPEN_VIEWS])
def test_every_page_sends_a_stranger_to_the_login(name):
    converters = dict(own_patterns())[name]
    kwargs = {
        key: 1 if isinstance(converter, IntConverter) else VALUES.get(key, "1-x")
        for key, converter in converters.items()
    }
    response = Client().get(reverse(name, kwargs=kwargs))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=/")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/runbooks/none/none/", "/accounts/signup/"])
def test_a_stranger_learns_nothing_from_any_address(path):
    response = Client().get(path)
    assert response.status_code == 302
    assert "/login/" in response["Location"]


def test_the_only_open_views_are_login_health_and_calendars():
    machines = {"hook_alertmanager", "hook_changes"}  # a token lets them in
    assert {"account_login", "portal:live", "portal:ready", "portal:metrics", "calendar"} | machines == OPEN_VIEWS


@pytest.mark.django_db
def test_migrations_are_complete():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


TEMPLATES = sorted(BASE.glob("templates/**/*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(BASE)))
def test_no_template_needs_an_unsafe_policy(path):
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "an inline script"
    assert not re.search(r"\sstyle\s*=", text), "an inline style"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "an inline event handler"
    assert "https://" not in re.sub(r"\|cut:\"https://\"|placeholder=\"[^\"]*\"", "", text), (
        "an address outside the portal"
    )


def environment_names():
    """Variables that the settings and the engine read."""
    names = set()
    for file in ("settings.py", "run.py", "environment.py", "management/commands/prepare_portal.py"):
        text = (BASE / "portal" / file).read_text()
        names |= set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", text))
        names |= set(re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", text))
    return names - {"DJANGO_SETTINGS_MODULE", "PORTAL_BENCHMARK"}


@pytest.mark.parametrize("file", [".env.example", "docs/operating.md"])
def test_every_variable_is_documented(file):
    text = (BASE / file).read_text()
    missing = {name for name in environment_names() if not re.search(rf"\b{name}\b", text)}
    assert not missing
    assert len(environment_names()) > 15


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_carry_hashes_and_no_address(lock):
    text = (BASE / lock).read_text()
    assert "://" not in text
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    assert all("--hash=sha256:" in block for block in blocks if re.match(r"[a-z0-9]", block))

"""Fixtures for all tests."""

from collections.abc import Generator

import pytest
from django.core.cache import caches
from django.core.management.commands import flush
from django.test import Client

from tests.emptying import sql_flush
from tests.factories import make_user


@pytest.fixture(autouse=True, scope="session")
def _quick_flush() -> Generator[None]:
    """After each test that commits, Django flushes its database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", sql_flush)
        yield


@pytest.fixture(autouse=True)
def _fresh_cache():
    """Rows are rolled back after each test; what was cached from them goes too."""
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Hashing a password costs a third of a second by design; here everybody's is hashed cheaply."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ada(db):
    """Somebody who may read."""
    return make_user("ada")


@pytest.fixture
def as_user():
    """A browser in which that person is logged in."""

    def log_in(user):
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def as_ada(ada, as_user):
    return as_user(ada)

"""Gives the whole suite a PostgreSQL and a Valkey of its own, started before the settings are read, thrown away after.

Loaded with `-p tests.plugin`. Never touches `var/`, and heeds no DATABASE_URL or REDIS_URL of the caller.
"""

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import psycopg
import pytest

from portal import embedded
from portal.locks import open_lock, try_exclusive

PREFIX = "portal-tests-"
FOLDER = Path("/tmp")  # a short path, as sockets need one


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Runs before pytest-django reads the settings, as a wrapper comes before everything that is wrapped."""
    servers = ExitStack()
    early_config.add_cleanup(servers.close)
    if os.environ.get("PYTEST_XDIST_WORKER"):
        start_own_valkey(servers)
    elif not early_config.known_args_namespace.help:
        signal.signal(signal.SIGTERM, stop_like_ctrl_c)
        sweep_leftovers()
        start_servers(servers)
    return (yield)


def pytest_sessionstart() -> None:
    """Ten thousand tests leave much that stays; walking through all of it again and again costs a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def start_own_valkey(stack: ExitStack) -> None:
    """Of several workers (pytest-xdist) each has a Valkey of its own, as pytest-django gives it a PostgreSQL database.

    A number of its own in one Valkey would not do: over a Unix socket Celery's queue is always in number 0, so programs
    that one test starts would take the tasks of another's.
    """
    urls = stack.enter_context(embedded.running(make_folder(stack), durable=False, postgres=False))
    os.environ["REDIS_URL"] = urls.redis


def make_folder(stack: ExitStack) -> Path:
    """A new folder for servers, which `stack` removes."""
    data = Path(tempfile.mkdtemp(prefix=PREFIX, dir=FOLDER))
    stack.callback(shutil.rmtree, data, ignore_errors=True)
    data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return data


def start_servers(stack: ExitStack) -> None:
    """Start the servers in a new folder, and let `stack` stop them and remove it."""
    data = make_folder(stack)
    urls = stack.enter_context(embedded.running(data, durable=False))
    with psycopg.connect(urls.database.replace("//portal@", "//postgres@")) as superuser:
        superuser.execute("GRANT SET ON PARAMETER session_replication_role TO portal")  # for tests/emptying.py
    (data / "static").mkdir()
    os.environ |= {
        "PORTAL_DATA": str(data),
        "DATABASE_URL": urls.database,
        "REDIS_URL": urls.redis,
        "STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",  # nothing is collected
    }


@pytest.fixture
def server_folder() -> Generator[Path]:
    """An empty folder for servers' data: its path is short, and every user is let through (tmp_path is neither)."""
    folder = Path(tempfile.mkdtemp(prefix="portal-data-", dir=FOLDER))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def sweep_leftovers() -> None:
    """Stop and remove what a killed test run left: folders of ours whose servers nobody holds any more."""
    for data in FOLDER.glob(f"{PREFIX}*"):
        if data.lstat().st_uid != os.geteuid() or not (data / "servers.lock").is_file():
            continue
        with open_lock(data / "servers.lock") as lock:
            if try_exclusive(lock):
                embedded.stop(data)
                shutil.rmtree(data, ignore_errors=True)


def stop_like_ctrl_c(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends pytest the way Ctrl-C does: with its cleanups."""
    raise KeyboardInterrupt

"""What the tests of the embedded servers share: asking them, killing them, holding them elsewhere."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from portal import embedded
from portal.processes import is_alive, wait_until_gone

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
import tempfile
from pathlib import Path
from portal import embedded
with embedded.running(Path(sys.argv[1]), durable=False):
    print("up", flush=True)
    sys.stdin.read()
"""
SYSTEM_PYTHON = "/usr/bin/python3"
SITE_PACKAGES = embedded.find_postgres_program("postgres").parents[3]
ORDINARY_ENVIRONMENT = {"PYTHONPATH": f"{ROOT}:{SITE_PACKAGES}", "PYTHONDONTWRITEBYTECODE": "1"}
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def ask(urls: embedded.Urls, question: str) -> Any:
    with psycopg.connect(urls.database) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def write_down(urls: embedded.Urls) -> None:
    """Leave a row and a value that a later look must find."""
    with psycopg.connect(urls.database) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('kept')")
    redis.from_url(urls.redis).set("word", "kept")


def read_back(urls: embedded.Urls) -> tuple[Any, Any]:
    return ask(urls, "SELECT word FROM kept"), redis.from_url(urls.redis, decode_responses=True).get("word")


def find_pids(data: Path) -> list[int]:
    files = [data / "postgres" / "data" / "postmaster.pid", data / "valkey" / "valkey.pid"]
    return [int(path.read_text().split()[0]) for path in files if path.exists()]


def kill_servers(data: Path) -> None:
    """End what a test left running."""
    for pid in find_pids(data):
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)
            wait_until_gone(pid, 5)


def list_modes(folder: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode and owner of `folder` and of every folder above it."""
    found = {path: path.stat() for path in (folder, *folder.parents)}
    return {path: (stat.S_IMODE(seen.st_mode), seen.st_uid, seen.st_gid) for path, seen in found.items()}


@contextmanager
def hold_elsewhere(data: Path, **options: Any) -> Generator["subprocess.Popen[str]"]:
    """Another process that keeps the servers running."""
    command = [options.pop("python", sys.executable), "-c", HOLD, str(data)]
    options.setdefault("env", os.environ | {"PYTHONPATH": str(ROOT)})
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        assert said == "up\n", said + process.stdout.read()
        yield process
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()

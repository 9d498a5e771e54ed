"""Locks on files (flock): the kernel drops them when their process ends, however it ends, so none goes stale."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def open_lock(path: Path) -> IO[str]:
    """The lock file at `path`, made when missing. Programs started by this process do not inherit it (PEP 446)."""
    return open(path, "a+", opener=lambda name, flags: os.open(name, flags, 0o600))


def lock_shared(lock: IO[str]) -> None:
    """Wait until nobody holds `lock` exclusively, then hold it together with the others."""
    fcntl.flock(lock, fcntl.LOCK_SH)


def try_exclusive(lock: IO[str]) -> bool:
    """Take `lock` for ourselves, without waiting; on False a shared hold may have been lost too (flock(2))."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Wait for the lock file at `path`, and hold it alone."""
    with open_lock(path) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

"""The environment before Django: `.env`, the data folder, and the servers that nobody gave an address for."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import environ

from portal import embedded

BASE_DIR = Path(__file__).resolve().parent.parent


def read_env_file() -> None:
    """Take what the file `.env` beside manage.py sets and the environment doesn't; the settings do the same."""
    if (BASE_DIR / ".env").is_file():
        environ.Env.read_env(BASE_DIR / ".env")


def find_data_folder() -> Path:
    """PORTAL_DATA, else `var` beside manage.py."""
    return Path(os.environ.get("PORTAL_DATA") or BASE_DIR / "var").resolve()


@contextmanager
def servers() -> Iterator[Callable[[], list[str]]]:
    """Keep running, for a `with` block, the embedded servers whose address the environment doesn't give.

    Their addresses then stand in the environment, so that programs started inside use them and start none of their own.
    What the block is given starts again those that have fallen, and returns their names. Raises embedded.EmbeddedError.
    """
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if not missing:
        yield list
        return
    data = find_data_folder()
    wanted = {"postgres": "DATABASE_URL" in missing, "valkey": "REDIS_URL" in missing}
    with embedded.running(data, **wanted) as urls:
        addresses = {"DATABASE_URL": urls.database, "REDIS_URL": urls.redis}
        os.environ.update({name: addresses[name] for name in missing})
        try:
            yield lambda: embedded.mend(data, **wanted)
        finally:
            for name in missing:
                os.environ.pop(name, None)

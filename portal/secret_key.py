"""The secret key that is made once and kept beside the data."""

import os
import secrets
from pathlib import Path


def load_secret_key(data: Path) -> str:
    """The key in `<data>/secret-key`; made there, readable by the owner only, when there is none yet.

    Several processes may start at once: the file appears whole or not at all, and the first one wins.
    """
    path = data / "secret-key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"secret-key.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(60))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()

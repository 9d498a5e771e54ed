"""Who the embedded servers run as, and the folders they are given.

Nothing here changes the owner or the mode of a folder that it did not make itself.
"""

import os
import pwd
import shlex
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO


class EmbeddedError(Exception):
    """A server can't be started or stopped; the text says what is wrong and what to do, and can be shown as it is."""


@dataclass(frozen=True)
class Identity:
    """The user a server runs as; without numbers, whoever we are."""

    uid: int | None = None
    gid: int | None = None

    @property
    def name(self) -> str:
        uid = os.geteuid() if self.uid is None else self.uid
        try:
            return pwd.getpwuid(uid).pw_name
        except KeyError:
            return f"user {uid}"

    def run(
        self, *command: str | Path, stdin: str = "", env: dict[str, str] | None = None, output: IO[str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `command` as this user, out of reach of our terminal's Ctrl-C and with nothing of our environment.

        What it says goes to `output`, else stands in the result. Raises OSError when it can't be run at all.
        """
        return subprocess.run(
            command,
            input=stdin,
            stdout=output or subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"} | (env or {}),
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            start_new_session=True,
            check=False,
        )


def choose_unprivileged(home: Path) -> Identity:
    """Who runs PostgreSQL on `home`: its owner, and never root."""
    owner = choose_owner(home)
    if owner.uid is not None or os.geteuid() != 0:
        return owner
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity(entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(
        "PostgreSQL does not run as root, and there is neither a user postgres nor nobody: run as another user."
    )


def choose_owner(home: Path) -> Identity:
    """Who owns `home`, when we are root and it exists; an ordinary user must own it."""
    if not home.exists():
        return Identity()
    found = home.stat()
    if found.st_uid == os.geteuid():
        return Identity()
    owner = Identity(found.st_uid, found.st_gid)
    if os.geteuid() != 0:
        raise EmbeddedError(f"{home} belongs to {owner.name}: run as that user, or give PORTAL_DATA another folder.")
    return owner


def make_data_folder(data: Path) -> None:
    """Make `data`; only when it is new, and we are root, the user who runs PostgreSQL is let through."""
    try:
        data.mkdir(parents=True)
        data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except FileExistsError:
        pass
    except OSError as error:
        raise EmbeddedError(f"The data folder {data} can't be made: {error.strerror}.") from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise EmbeddedError(
            f"The data folder {data} can't be written: run as its owner, or give PORTAL_DATA another folder."
        )


def make_folder(folder: Path, identity: Identity) -> None:
    """Make `folder` for `identity` alone; one that is there already must be just that, and no link.

    Raises EmbeddedError otherwise: a short socket folder is in a place where anybody can put things.
    """
    try:
        folder.mkdir(mode=0o700)
        if identity.uid is not None:
            os.chown(folder, identity.uid, -1 if identity.gid is None else identity.gid)
    except FileExistsError:
        found = folder.lstat()
        owner = os.geteuid() if identity.uid is None else identity.uid
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise EmbeddedError(
                f"{folder} must be a folder of {identity.name} with mode 700: remove it and start again."
            ) from None


def require_reach(identity: Identity, programs: Sequence[Path], home: Path) -> None:
    """Raise EmbeddedError, naming the folder, when `identity` can't come to the programs or to `home`.

    Tried as that user rather than worked out from permission bits, which say nothing of access lists or mounts.
    """
    if identity.uid is None:
        return
    folders = [parent for path in (*programs, home / "x") for parent in reversed(path.parents)]
    script = 'for d; do cd "$d" 2>/dev/null || { printf %s "$d"; exit 9; }; done'
    try:
        tried = identity.run("/bin/sh", "-c", script, "sh", *dict.fromkeys(folders))
    except PermissionError as error:
        raise EmbeddedError("This root may not become another user, and PostgreSQL does not run as root.") from error
    if tried.returncode != 0:
        raise EmbeddedError(
            f"PostgreSQL does not run as root but as {identity.name}, who can't pass the folder {tried.stdout}: "
            f"allow it (chmod o+x {shlex.quote(tried.stdout)}), move the project or PORTAL_DATA elsewhere, "
            "or run as another user."
        )

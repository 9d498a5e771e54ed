"""Which process is which: a number alone may have been given to a stranger since it was written down."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def exists(pid: int) -> bool:
    """Whether `pid` is taken, be it by a process that has ended and only waits to be collected."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_alive(pid: int) -> bool:
    """Whether `pid` runs; one that has ended and only waits to be collected does not."""
    return exists(pid) and _stat_fields(pid)[:1] not in (["Z"], ["X"])


def read_start(pid: int) -> str:
    """When `pid` started, as a text that only compares; "" when there is no such process."""
    if (PROC / "self").exists():
        fields = _stat_fields(pid)
        return fields[19] if len(fields) > 19 else ""
    asked = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return asked.stdout.strip()


def runs_in(pid: int, folder: Path) -> bool:
    """Whether `pid` is alive with `folder` as its working directory.

    Where the system does not tell (no /proc), a living process is believed. One that we may not look at is not ours.
    """
    if not is_alive(pid):
        return False
    if not (PROC / "self").exists():
        return True
    try:
        return (PROC / str(pid) / "cwd").samefile(folder)
    except PermissionError:
        return os.geteuid() == 0 and _look_as_owner(pid, folder)
    except OSError:
        return False


def find_in(folder: Path) -> list[int]:
    """The living processes with `folder` as working directory, as far as the system tells (/proc)."""
    return [int(entry.name) for entry in PROC.glob("[0-9]*") if runs_in(int(entry.name), folder)]


def wait_until_gone(pid: int, seconds: float) -> bool:
    """Whether `pid` ended within `seconds`."""
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def write_pid_file(path: Path, pid: int) -> None:
    """Note `pid` and when it started, so that `end_leftover` knows it again."""
    path.write_text(f"{pid} {read_start(pid)}\n")


def end_leftover(path: Path, seconds: float = 10.0) -> bool:
    """End the process group noted in the pid file `path`, if it is still the one that was noted; True if it was.

    It gets SIGTERM, and SIGKILL after `seconds`. The pid file is removed either way.
    """
    pid, _, start = path.read_text().strip().partition(" ")
    ours = pid.isdigit() and bool(start) and read_start(int(pid)) == start and is_alive(int(pid))
    if ours:
        end_group(int(pid), seconds)
    path.unlink(missing_ok=True)
    return ours


def end_group(pid: int, seconds: float) -> None:
    """SIGTERM to the process group led by `pid`, SIGKILL to what is left of it after `seconds`."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGTERM)
    wait_until_gone(pid, seconds)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    wait_until_gone(pid, 2.0)


def _look_as_owner(pid: int, folder: Path) -> bool:
    """What `runs_in` asks, for a root that may not look at other users' processes (CAP_SYS_PTRACE), as in a container."""
    try:
        process, owned = (PROC / str(pid)).stat(), folder.stat()
        if process.st_uid != owned.st_uid or process.st_uid == 0:
            return False
        seen = subprocess.run(
            ["readlink", str(PROC / str(pid) / "cwd")],
            user=process.st_uid,
            group=process.st_gid,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return False
    return seen.stdout.rstrip("\n") == str(folder.resolve())


def _stat_fields(pid: int) -> list[str]:
    """The fields of proc_pid_stat(5) from the third (state) on; the name before them may hold spaces and brackets."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []

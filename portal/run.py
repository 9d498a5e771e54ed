"""`make run`: the whole portal on one machine, until Ctrl-C. `python -m portal.run`.

Servers, migrations, first content, then web (gunicorn), worker and beat (Celery). Refuses a second instance on the same
data and a busy address before anything slow happens. Exit code 0 when asked to stop, 1 when something is wrong.
"""

import errno
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from portal import environment
from portal.locks import open_lock, try_exclusive
from portal.server_users import EmbeddedError, make_data_folder
from portal.supervisor import Program, ProgramError, Supervisor, end_leftovers, make_death_follow

READY_SECONDS = 120.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class RunError(Exception):
    """The portal can't run; the text says why and what to do, and can be shown as it is."""


class Stopped(BaseException):
    """Somebody asked us to stop (Ctrl-C, SIGTERM, a closed terminal); not an Exception, as nothing may swallow it."""


@dataclass(frozen=True)
class Address:
    """Where the web server listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    @property
    def near(self) -> str:
        """The host by which we reach ourselves."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)


def read_address() -> Address:
    """HOST and PORT. Raises RunError."""
    port = os.environ.get("PORT") or "8000"
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise RunError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return Address(os.environ.get("HOST") or "127.0.0.1", int(port))


@contextmanager
def single_instance(data: Path, address: Address) -> Iterator[None]:
    """Be the only one that runs on `data`. Raises RunError naming the other one."""
    with open_lock(data / "run.lock") as lock:
        if not try_exclusive(lock):
            lock.seek(0)
            raise RunError(describe_other_instance(data, lock.read()))
        lock.seek(0)
        lock.truncate()
        json.dump({"pid": os.getpid(), "url": address.url}, lock)
        lock.flush()
        yield


def describe_other_instance(data: Path, note: str) -> str:
    """Who holds the data, from the note in its lock file; the note may be cut short, as it is written after locking."""
    who = "Another instance"
    with suppress(ValueError, KeyError, TypeError):
        other = json.loads(note)
        who = f"Another instance (process {other['pid']}, {other['url']})"
    return f"{who} already runs on the data in {data}: stop it, or give PORTAL_DATA another folder."


def require_free_address(address: Address) -> None:
    """Raise RunError when nothing could listen at `address`."""
    try:
        family, kind, _, _, where = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            probe.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            message = (
                f"Port {address.port} on {address.host} is taken by another program: "
                f"choose another, as in make run PORT={address.port + 1}"
            )
        else:
            message = f"The portal can't listen at {address.host} port {address.port}: {error.strerror or error}."
        raise RunError(message) from error


def prepare() -> None:
    """Run portal.prepare in a process of its own, so that this one stays small. Raises RunError."""
    command = [sys.executable, "-m", "portal.prepare"]
    follow = make_death_follow(os.getpid())
    process = subprocess.Popen(command, start_new_session=True, preexec_fn=follow)  # noqa: PLW1509 - no threads here
    try:
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if code != 0:
        raise RunError("The portal could not be prepared; the reason is above.")


def list_programs(data: Path) -> list[Program]:
    """Web, worker and beat, in the order of their start."""
    celery = [
        sys.executable,
        "-W",
        "ignore:You're running the worker",
        "-m",
        "celery",
        "--quiet",
        "--skip-checks",
        "-A",
        "portal",
    ]
    quiet = ["--loglevel", "WARNING"]
    worker = ["worker", "--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle"]
    return [
        Program("web", [sys.executable, "-m", "gunicorn", "--config", str(environment.BASE_DIR / "gunicorn.conf.py")]),
        Program("worker", [*celery, *worker, *quiet]),
        Program("beat", [*celery, "beat", "--schedule", str(data / "beat-schedule"), *quiet]),
    ]


def is_ready(address: Address) -> bool:
    """Whether the portal's own health page says that everything it needs is there."""
    hosts = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host.strip("*.")]
    host = hosts[0].strip().lstrip(".") if hosts else "localhost"  # Django answers to no other name
    line = http.client.HTTPConnection(address.near, address.port, timeout=5)
    try:
        line.request("GET", "/health/ready", headers={"Host": host})
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def await_ready(supervisor: Supervisor, address: Address) -> None:
    """Return when the portal answers. Raises ProgramError when a program ends, RunError when it takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    while not is_ready(address):
        supervisor.check(may_restart=False)
        if time.monotonic() > deadline:
            raise RunError(f"{address.url}health/ready did not answer 200 within {READY_SECONDS:.0f} seconds.")
        time.sleep(0.05)


def serve(data: Path, address: Address) -> None:
    """Run until Stopped. Raises RunError, EmbeddedError or ProgramError."""
    make_data_folder(data)
    with single_instance(data, address):
        pid_folder = data / "run"
        pid_folder.mkdir(mode=0o700, exist_ok=True)
        end_leftovers(pid_folder)
        require_free_address(address)
        with environment.servers() as mend:
            prepare()
            supervisor = Supervisor(list_programs(data), pid_folder, complain)
            try:
                supervisor.start()
                await_ready(supervisor, address)
                say(f"Ready: {address.url}")
                while True:
                    time.sleep(0.25)
                    supervisor.check(may_restart=True)
                    for name in mend():
                        complain(f"{name} had ended; it runs again.")
            finally:
                ignore_signals()
                supervisor.stop()


def stop_on_signals() -> None:
    """Turn the first SIGINT, SIGTERM or SIGHUP into Stopped; later ones change nothing, as stopping ends by itself."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        ignore_signals()
        raise Stopped

    for number in STOP_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup, or a background job of a plain shell, means it
            signal.signal(number, stop)


def ignore_signals() -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def say(text: str) -> None:
    with suppress(BrokenPipeError):  # whoever read along has gone; the portal goes on
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def complain(text: str) -> None:
    with suppress(BrokenPipeError):
        sys.stderr.write(f"Runbook portal: {text}\n")
        sys.stderr.flush()


def main() -> int:
    stop_on_signals()
    try:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
        os.chdir(environment.BASE_DIR)
        environment.read_env_file()
        serve(environment.find_data_folder(), read_address())
    except Stopped:
        say("Stopped.")
    except (RunError, EmbeddedError, ProgramError) as error:
        complain(str(error))
        return 1
    except PermissionError as error:
        complain(f"{error.filename} belongs to somebody else: run as its owner.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

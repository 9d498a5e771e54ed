"""`make run`, as a person meets it: real processes, real signals, real second instances."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portal.processes import end_leftover, is_alive, read_start, wait_until_gone
from portal.run import describe_other_instance
from portal.supervisor import Program, ProgramError, Supervisor, end_leftovers

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 90.0  # for a machine that has other things to do; nothing here asserts how long something took
INHERITED = ("PATH", "HOME", "LANG", "PYTHONPATH")


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(what: Callable[[], Any]) -> Any:
    """The first true answer of `what`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (answer := what()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)
    return answer


def heed_ctrl_c() -> None:
    """In the child: a suite that a shell runs in the background ignores Ctrl-C, and would hand that down."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Portal:
    """One `python -m portal.run`, with nothing of our own environment but the path."""

    def __init__(self, data: Path, port: int | None = None, given: dict[str, str] | None = None) -> None:
        self.data = data
        self.port = port or find_free_port()
        self.given = given or {}
        self.log = data.parent / f"run-{self.port}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        chosen = {"PORTAL_DATA": str(self.data), "PORT": str(self.port), "PORTAL_EXAMPLE": "0", "WEB_CONCURRENCY": "1"}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal.run"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=kept | chosen | self.given,
                preexec_fn=heed_ctrl_c,  # noqa: PLW1509 - the suite has no threads here
            )

    def start(self) -> None:
        self.launch()
        wait_for(lambda: "Ready: " in self.said() or not self.is_up())
        assert self.is_up(), self.said()

    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def wait(self) -> int:
        """The exit code of a portal that ends by itself."""
        assert self.process is not None
        return self.process.wait(PATIENCE_SECONDS)

    def said(self) -> str:
        return self.log.read_text()

    def end(self, number: int = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.wait()

    def find_programs(self) -> dict[str, int]:
        return {path.stem: int(path.read_text().split()[0]) for path in (self.data / "run").glob("*.pid")}

    def find_servers(self) -> list[int]:
        files = [self.data / "postgres" / "data" / "postmaster.pid", self.data / "valkey" / "valkey.pid"]
        return [int(path.read_text().split()[0]) for path in files if path.exists()]

    def get(self, path: str) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            line.request("GET", path)
            return line.getresponse().status
        finally:
            line.close()

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=kept | {"PORTAL_DATA": str(self.data)},
            capture_output=True,
            text=True,
            check=False,
        )


@dataclass(frozen=True)
class FirstStart:
    """What was seen of the very first start, and of its end."""

    said: str
    url: str
    ready: int
    code: int
    pids: list[int]


@pytest.fixture(scope="module")
def data() -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="portal-run-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder / "var"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def first_start(data: Path) -> FirstStart:
    portal = Portal(data)
    portal.start()
    ready = portal.get("/health/ready")
    pids = [*portal.find_programs().values(), *portal.find_servers()]
    return FirstStart(portal.said(), f"http://127.0.0.1:{portal.port}/", ready, portal.end(), pids)


@pytest.fixture(scope="module")
def shared_portal(data: Path, first_start: FirstStart) -> Generator[Portal]:
    """A portal on data that a first start has made; not started yet."""
    portal = Portal(data)
    yield portal
    if portal.is_up():
        portal.end()


@pytest.fixture
def portal(shared_portal: Portal) -> Portal:
    """A portal that is running; a test may do to it what it likes, and the next one starts it again."""
    if not shared_portal.is_up():
        shared_portal.start()
    return shared_portal


def test_first_start_answers_at_the_address_it_prints(first_start: FirstStart) -> None:
    assert f"Ready: {first_start.url}\n" in first_start.said
    assert first_start.ready == 200


def test_first_login_is_printed_once_and_kept_for_its_owner_alone(first_start: FirstStart, portal: Portal) -> None:
    login = portal.data / "first-login.txt"
    password = login.read_text().split()[1]
    assert password in first_start.said
    assert password not in portal.said()
    assert stat.S_IMODE(login.stat().st_mode) == 0o600


def test_ctrl_c_ends_everything_with_exit_code_0(first_start: FirstStart) -> None:
    assert first_start.code == 0
    assert len(first_start.pids) == 5  # web, worker, beat, PostgreSQL, Valkey
    assert [pid for pid in first_start.pids if is_alive(pid)] == []


def test_sigterm_ends_everything_with_exit_code_0(portal: Portal) -> None:
    pids = [*portal.find_programs().values(), *portal.find_servers()]
    assert portal.end(signal.SIGTERM) == 0
    assert [pid for pid in pids if is_alive(pid)] == []
    assert portal.find_programs() == {}


def test_asking_to_stop_during_the_start_leaves_nothing(portal: Portal) -> None:
    portal.end()
    portal.launch()
    wait_for(portal.find_servers)
    assert portal.end(signal.SIGTERM) == 0
    assert portal.find_servers() == []
    assert portal.find_programs() == {}


def test_second_instance_on_the_same_data_is_refused_by_name(portal: Portal) -> None:
    assert portal.process is not None
    second = Portal(portal.data)
    second.launch()
    assert second.wait() == 1
    assert second.said() == (
        f"Runbook portal: Another instance (process {portal.process.pid}, http://127.0.0.1:{portal.port}/) "
        f"already runs on the data in {portal.data}: stop it, or give PORTAL_DATA another folder.\n"
    )
    assert portal.get("/health/ready") == 200


def test_second_instance_is_refused_even_when_the_first_has_not_written_who_it_is() -> None:
    assert describe_other_instance(Path("/d"), "").startswith("Another instance already runs on the data in /d")


@pytest.mark.parametrize("given", ["{}", "[]", '{"pid": 1}'])
def test_odd_note_of_the_first_instance_is_passed_over(given: str) -> None:
    assert describe_other_instance(Path("/d"), given).startswith("Another instance already runs")


def test_busy_port_is_named_before_anything_is_started(server_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        portal = Portal(server_folder / "var", port=taken.getsockname()[1])
        portal.launch()
        assert portal.wait() == 1
    assert portal.said() == (
        f"Runbook portal: Port {portal.port} on 127.0.0.1 is taken by another program: "
        f"choose another, as in make run PORT={portal.port + 1}\n"
    )
    assert not (portal.data / "postgres").exists()


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "٨٠"])
def test_port_that_is_none_is_refused_in_one_line(server_folder: Path, port: str) -> None:
    portal = Portal(server_folder / "var", given={"PORT": port})
    portal.launch()
    assert portal.wait() == 1
    assert portal.said() == f"Runbook portal: PORT must be a number from 1 to 65535, not {port!r}.\n"


def test_host_that_is_not_ours_is_refused_in_one_line(server_folder: Path) -> None:
    portal = Portal(server_folder / "var", given={"HOST": "192.0.2.1"})  # RFC 5737: nobody has it
    portal.launch()
    assert portal.wait() == 1
    assert re.fullmatch(
        r"Runbook portal: The portal can't listen at 192\.0\.2\.1 port \d+: Cannot assign .+\n", portal.said()
    )


def test_killed_portal_leaves_no_program_behind_and_loses_nothing(portal: Portal) -> None:
    made = portal.manage(
        "shell", "-v0", "-c", "from accounts.models import Team; Team.objects.create(name='Kept', slug='kept')"
    )
    assert made.returncode == 0, made.stderr
    programs = portal.find_programs()
    portal.end(signal.SIGKILL)
    assert [name for name, pid in programs.items() if not wait_until_gone(pid, PATIENCE_SECONDS)] == []

    again = Portal(portal.data)
    again.start()
    asked = again.manage(
        "shell", "-v0", "-c", "from accounts.models import Team; print(Team.objects.filter(slug='kept').count())"
    )
    assert again.get("/health/ready") == 200
    assert again.end() == 0
    assert asked.stdout == "1\n"
    assert again.find_servers() == []


def test_killed_program_is_started_again(portal: Portal) -> None:
    worker = portal.find_programs()["worker"]
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: portal.find_programs().get("worker", worker) != worker)
    assert "worker was ended by SIGKILL; starting it again." in portal.said()
    assert portal.get("/health/ready") == 200


@pytest.mark.parametrize(("server", "position"), [("PostgreSQL", 0), ("Valkey", 1)])
def test_killed_server_is_started_again(portal: Portal, server: str, position: int) -> None:
    os.kill(portal.find_servers()[position], signal.SIGKILL)
    wait_for(lambda: f"{server} had ended; it runs again." in portal.said())
    wait_for(lambda: portal.get("/health/ready") == 200)


def test_commands_find_the_same_servers_whether_or_not_the_portal_runs(portal: Portal) -> None:
    running = portal.find_servers()
    up = portal.manage("migrate", "--check")
    untouched = portal.find_servers()
    portal.end()
    down = portal.manage("migrate", "--check")
    assert (up.returncode, down.returncode) == (0, 0), up.stderr + down.stderr
    assert untouched == running
    assert portal.find_servers() == []


def test_given_servers_are_used_and_none_are_started(server_folder: Path) -> None:
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    portal = Portal(server_folder / "var", given=given)
    portal.start()
    assert portal.get("/health/ready") == 200
    assert portal.end() == 0
    assert not (portal.data / "postgres").exists()
    assert not (portal.data / "valkey").exists()


def test_program_that_will_not_stay_up_is_named(tmp_path: Path) -> None:
    said: list[str] = []
    program = Program("worker", [sys.executable, "-c", "raise SystemExit(3)"])
    supervisor = Supervisor([program], tmp_path, said.append)
    supervisor.start()
    with pytest.raises(ProgramError, match="worker ended with exit code 3"):
        while True:
            assert program.process is not None
            program.process.wait()
            supervisor.check(may_restart=True)
    supervisor.stop()
    assert said == ["worker ended with exit code 3; starting it again."] * 2


def test_program_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    log = tmp_path / "log"
    program = Program("web", ["/bin/sh", "-c", f"exec {sys.executable} -c {json.dumps(deaf)} > {log}"])
    supervisor = Supervisor([program], tmp_path, lambda _text: None)
    supervisor.start()
    wait_for(lambda: log.exists() and log.read_text())
    supervisor.stop(seconds=0.2)
    assert program.process is not None
    assert program.process.returncode == -signal.SIGKILL


def test_leftover_of_a_killed_start_is_ended(tmp_path: Path) -> None:
    left = subprocess.Popen(["sleep", "600"], start_new_session=True)
    (tmp_path / "web.pid").write_text(f"{left.pid} {read_start(left.pid)}\n")
    assert end_leftovers(tmp_path) == ["web"]
    assert left.wait() == -signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("note", ["{pid} 12", "{pid}", "", "web", "999999999 5"])
def test_stranger_with_the_number_of_a_leftover_is_left_alone(tmp_path: Path, note: str) -> None:
    stranger = subprocess.Popen(["sleep", "600"], start_new_session=True)
    pid_file = tmp_path / "web.pid"
    pid_file.write_text(note.format(pid=stranger.pid))
    ended = end_leftover(pid_file)
    lives = stranger.poll() is None
    stranger.kill()
    stranger.wait()
    assert (ended, lives) == (False, True)
    assert not pid_file.exists()

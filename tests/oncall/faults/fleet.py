"""Real workers and beats, as `make run` starts them, on the test's own database and broker."""

import datetime as dt
import os
import signal
import subprocess
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from celery.beat import PersistentScheduler
from django.db import connection

from portal.celery import app
from portal.processes import is_alive, wait_until_gone
from portal.run import list_programs
from tests.portal.servers import ROOT

PATIENCE = 180.0  # seconds, on a machine that is slow and busy with other tests


class Fleet:
    """Programs that end with the test."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = (
            os.environ | {"DATABASE_URL": name_test_database(), "LOG_LEVEL": "WARNING", "PYTHONPATH": str(ROOT)}
        ) | environment
        self.numbers = count()
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *overdue: str) -> "subprocess.Popen[bytes]":
        """Start a "worker" or a "beat"; a beat sends what is `overdue` (names in its schedule) at once, all else in its time."""
        number = next(self.numbers)
        home = self.folder / f"{name}-{number}"
        home.mkdir()
        if overdue:
            remember_long_ago(home / "beat-schedule", overdue)
        command = list(next(program for program in list_programs(home) if program.name == name).command)
        if name == "worker":
            command += ["--hostname", f"worker-{number}@test"]
        with (home / "log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)
        return process

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """`kill -9`, and nothing of it is left."""
        if is_alive(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        wait_until_gone(process.pid, 5)

    def restart_fallen(self) -> None:
        """What `make run` and a container engine do: start again what has ended by itself."""
        for process in [process for process in self.processes if process.poll() is not None]:
            self.processes.remove(process)
            self.start("beat" if "beat" in process.args else "worker")

    def read_logs(self) -> str:
        return "\n".join(f"--- {path}\n{path.read_text()[-3000:]}" for path in sorted(self.folder.glob("*/log")))

    def wait_for(self, condition: Callable[[], bool], meanwhile: Callable[[], None] = lambda: None) -> None:
        """Return when the condition holds; `meanwhile` is done about twice a second."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"it never came so far\n{self.read_logs()}"
            meanwhile()
            pause_until = time.monotonic() + 0.5
            while not condition() and time.monotonic() < pause_until:
                time.sleep(0.02)

    def __enter__(self) -> "Fleet":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            self.kill(process)


def remember_long_ago(schedule: Path, names: tuple[str, ...]) -> None:
    """Write what a beat remembers that was down for a day: these tasks are overdue when it is started again."""
    scheduler = PersistentScheduler(app=app, schedule_filename=str(schedule))
    for name in names:
        scheduler.schedule[name].last_run_at -= dt.timedelta(days=1)
    scheduler.close()


def name_test_database() -> str:
    """The address of the test's database, for other processes."""
    address, _, options = os.environ["DATABASE_URL"].partition("?")
    return f"{address.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{options}"

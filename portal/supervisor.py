"""Programs side by side: started together, restarted when one falls, stopped together, and never left behind."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from portal.processes import end_group, end_leftover, write_pid_file

PR_SET_PDEATHSIG = 1  # prctl(2)
STOP_SECONDS = 10.0
SHORT_LIFE_SECONDS = 10.0
SHORT_LIVES_ALLOWED = 3


class ProgramError(Exception):
    """A program would not stay up; the text names it."""


@dataclass
class Program:
    """One of the programs: its command, and how it has fared."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    short_lives: int = field(default=0)


class Supervisor:
    """Starts `programs` in the given order and looks after them.

    Each leads its own process group (Ctrl-C in the terminal reaches only us), writes to our own output, gets SIGTERM
    from the kernel should we be killed (Linux), and is noted in a pid file in `pid_folder`, by which the next start
    finds what was left behind. Use it from the main thread: the kernel's signal is tied to the thread that started a
    program. `say` is told what a person should know.
    """

    def __init__(self, programs: Sequence[Program], pid_folder: Path, say: Callable[[str], None]) -> None:
        self.programs = programs
        self.pid_folder = pid_folder
        self.say = say

    def start(self) -> None:
        for program in self.programs:
            self._launch(program)

    def check(self, *, may_restart: bool) -> None:
        """Restart what has ended. Raises ProgramError when it may not, or keeps ending soon after its start."""
        for program in self.programs:
            if program.process is None or program.process.poll() is None:
                continue
            ended = describe_end(program.process.returncode)
            short = time.monotonic() - program.started < SHORT_LIFE_SECONDS
            program.short_lives = program.short_lives + 1 if short else 0
            if not may_restart or program.short_lives >= SHORT_LIVES_ALLOWED:
                raise ProgramError(f"{program.name} {ended}; its last words are above.")
            self.say(f"{program.name} {ended}; starting it again.")
            end_group(program.process.pid, 0.0)
            self._launch(program)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """SIGTERM to all at once, SIGKILL to what is still there after `seconds`."""
        running = [program.process for program in self.programs if program.process is not None]
        for process in running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + seconds
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            end_group(process.pid, 0.0)
        for program in self.programs:
            (self.pid_folder / f"{program.name}.pid").unlink(missing_ok=True)

    def _launch(self, program: Program) -> None:
        program.started = time.monotonic()
        program.process = subprocess.Popen(
            program.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=make_death_follow(os.getpid()),  # noqa: PLW1509 - no threads here
        )
        write_pid_file(self.pid_folder / f"{program.name}.pid", program.process.pid)


def end_leftovers(pid_folder: Path) -> list[str]:
    """End the programs that a killed supervisor left behind; their names."""
    return [path.stem for path in sorted(pid_folder.glob("*.pid")) if end_leftover(path)]


def make_death_follow(parent: int) -> Callable[[], None]:
    """What a new process calls to get SIGTERM from the kernel when `parent` ends; does nothing but on Linux."""
    if sys.platform != "linux":
        return lambda: None
    libc = ctypes.CDLL(None)

    def follow() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it ended before we asked
            os._exit(1)

    return follow


def describe_end(code: int) -> str:
    """How a process ended, from the return code that subprocess gives."""
    if code >= 0:
        return f"ended with exit code {code}"
    return f"was ended by {signal.Signals(-code).name}"

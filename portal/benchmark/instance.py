"""A throw-away portal, run the way `make run` runs it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.processes import find_in

START_SECONDS = 120.0


def find_free_port() -> int:
    """A port of the loopback interface that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Instance:
    """A portal on data of its own, on a free port of the loopback interface."""

    data: Path
    port: int = field(default_factory=find_free_port)
    process: subprocess.Popen[bytes] | None = None
    has_example: bool = True
    extra: dict[str, str] = field(default_factory=dict)  # further variables

    @property
    def environment(self) -> dict[str, str]:
        """Variables for it and for commands that belong to it."""
        kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "STATIC_ROOT")}
        return kept | {
            "PORTAL_DATA": str(self.data),
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "PORTAL_BENCHMARK": "1",
            "PORTAL_EXAMPLE": "1" if self.has_example else "0",
            "WEB_CONCURRENCY": "2",
            "PORTAL_ADMIN_PASSWORD": "only-for-this-benchmark",
            **self.extra,
        }

    def start(self) -> float:
        """Start it; seconds until it is ready. Raises RuntimeError when it ends or takes too long."""
        started = time.perf_counter()
        log = (self.data / "benchmark.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portal.run"], env=self.environment, cwd=settings.BASE_DIR, stdout=log, stderr=log
        )
        while time.perf_counter() - started < START_SECONDS:
            if self.process.poll() is not None:
                raise RuntimeError(f"the portal ended while starting; see {log.name}")
            if self._is_ready():
                return time.perf_counter() - started
            time.sleep(0.02)
        raise RuntimeError("the portal was not ready in time")

    def stop(self) -> None:
        """Stop it cleanly, as Ctrl-C would."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)
        self.process = None

    def manage(self, *arguments: str) -> str:
        """Run a management command on its data; what it printed."""
        result = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            env=self.environment,
            cwd=settings.BASE_DIR,
            check=False,
            capture_output=True,
            text=True,
        )
        if result.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {result.stderr[-2000:]}")
        return result.stdout

    def do(self, step: str, **arguments: Any) -> dict[str, Any]:
        """Do a step of `inside` in a process that uses its database; what the step found."""
        answer = self.manage("benchmark", "--inside", step, "--arguments", json.dumps(arguments))
        found: dict[str, Any] = json.loads(answer.strip().splitlines()[-1])
        return found

    def measure_memory(self) -> tuple[float, float]:
        """Memory of the supervisor, web, worker, beat and both servers, in MB: resident, and with shared pages counted once."""
        assert self.process is not None
        pids = _descendants(self.process.pid)
        pids |= {pid for home in ("postgres/data", "valkey") for pid in find_in(self.data / home)}
        sizes = [_read_sizes(pid) for pid in pids]
        return sum(size["Rss"] for size in sizes) / 1e6, sum(size["Pss"] for size in sizes) / 1e6

    def _is_ready(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with suppress(OSError, http.client.HTTPException):
            line.request("GET", "/health/ready")
            return line.getresponse().status == 200
        return False


def _descendants(pid: int) -> set[int]:
    """The process and everything below it."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, waiting = set(), [pid]
    while waiting:
        current = waiting.pop()
        found.add(current)
        waiting += children.get(current, [])
    return found


def _read_sizes(pid: int) -> dict[str, float]:
    """The process's resident and proportional set size in bytes (Linux, /proc/PID/smaps_rollup)."""
    sizes = {"Rss": 0.0, "Pss": 0.0}
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in sizes:
                sizes[name] = float(rest.split()[0]) * 1024
    return sizes

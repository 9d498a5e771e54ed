"""A sender that behaves as Alertmanager does: it sends each notification until somebody has taken it."""

import http.client
import json
import threading
import time

from portal.benchmark.instance import find_free_port
from portal.processes import is_alive
from tests.incidents.payloads import URL, make_alert, make_payload
from tests.oncall.faults.fleet import PATIENCE, Fleet


def make_body(number: int) -> bytes:
    """One notification with one alert of its own; ten groups of one service."""
    alert = make_alert(labels={"pod": f"web-{number}", "service": "ticket-desk"})
    return json.dumps(make_payload(alert, group=f"group-{number % 10}")).encode()


class Sender:
    """Sends so many notifications from several threads, each until the answer is 202; counts what it was told."""

    def __init__(self, port: int, token: str, number: int, *, pause: float = 0.0) -> None:
        self.port, self.token, self.pause = port, token, pause
        self.left = iter(range(number))
        self.taken: list[int] = []
        self.told: list[int] = []  # statuses other than 202; 0: no answer at all
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._work, daemon=True) for _ in range(4)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def join(self) -> None:
        for thread in self.threads:
            thread.join(PATIENCE)

    def _work(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with self.lock:
                number = next(self.left, None)
            if number is None:
                return
            while (status := self.send(make_body(number))) != 202 and time.monotonic() < deadline:
                self.told.append(status)
                time.sleep(0.2)
            self.taken.append(number)
            time.sleep(self.pause)

    def send(self, body: bytes) -> int:
        """The status of the answer; 0 when there was none."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Host": "localhost"}
        try:
            line.request("POST", URL, body, headers)
            return line.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            line.close()


def start_web(fleet: Fleet) -> int:
    """A web server beside the fleet's other programs; its port, when it answers."""
    port = find_free_port()
    fleet.environment |= {"PORT": str(port), "HOST": "127.0.0.1", "WEB_CONCURRENCY": "2"}
    process = fleet.start("web")
    fleet.wait_for(lambda: _is_live(port) or not is_alive(process.pid))
    assert is_alive(process.pid), fleet.read_logs()
    return port


def _is_live(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/health/live", headers={"Host": "localhost"})
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()

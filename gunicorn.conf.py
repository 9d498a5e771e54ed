"""How gunicorn serves the portal, in `make run` and in the container; the address comes from HOST and PORT."""

import gc
import os
import shutil
import tempfile
from pathlib import Path

from gunicorn.http import message

_host = os.environ.get("HOST") or "127.0.0.1"
bind = [f"[{_host}]:{os.environ.get('PORT') or 8000}" if ":" in _host else f"{_host}:{os.environ.get('PORT') or 8000}"]
wsgi_app = "portal.wsgi:application"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS") or 4)
preload_app = True  # one copy of the code in memory, and workers that are there at once
timeout = 60
keepalive = 10  # seconds: open pages ask every two seconds, and need no new connection each time
graceful_timeout = 8  # below the ten seconds that `make run` and a container engine wait
max_requests = 20_000  # a slow leak never grows old
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # heartbeats never wait for a disk
control_socket_disable = True
# A question of 10,000 characters is answered, whatever the script (an emoji is twelve in an address). Gunicorn's own
# bound is 8,190, and its only other choice is none at all.
limit_request_line = message.MAX_REQUEST_LINE = 131_072
accesslog = None  # the portal writes its own line per request
loglevel = "warning"
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS") or "127.0.0.1,::1"

# The web processes count requests in files that they share; /metrics adds them up. prometheus_client looks for the
# variable once, when it is first imported: so it is set here, before the application is loaded.
_metrics = tempfile.mkdtemp(prefix="portal-metrics-", dir=worker_tmp_dir)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _metrics


def pre_fork(_server: object, _worker: object) -> None:
    """Gunicorn's hook: what was loaded stays for ever, so no collection of garbage walks through it in the middle of a page."""
    gc.freeze()


def on_exit(_server: object) -> None:
    """Gunicorn's hook: the counters go with the server."""
    shutil.rmtree(_metrics, ignore_errors=True)

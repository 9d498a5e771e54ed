"""A process that reminds of late handoffs, or opens what is due, and is killed (-9) at a chosen statement of it.

`python -m tests.handoffs.faults.dying WHAT NOW STEP`: STEP is the beginning of a statement, after which the process ends, or
"commit": the first change is through, and nobody has been told.
"""

import datetime as dt
import os
import signal
import subprocess
import sys

import django
from django.db import connection, transaction

from tests.incidents.faults.dying import end_at
from tests.oncall.faults.fleet import PATIENCE, name_test_database
from tests.portal.servers import ROOT

CLAIM, EVENT, SAVED = 'SELECT "handoffs_handoff"', 'INSERT INTO "handoffs_handoffevent"', 'UPDATE "handoffs_handoff"'
MESSAGE, DELIVERY, COMMIT = 'INSERT INTO "oncall_notification"', 'INSERT INTO "oncall_delivery"', "commit"
OPENED, TICKS, HELD = (
    'INSERT INTO "handoffs_handoff"',
    'INSERT INTO "handoffs_tick"',
    'INSERT INTO "oncall_heldshift"',
)


def die_while(what: str, now: dt.datetime, step: str) -> None:
    """Let another process do it and die at that step; fails when it came through alive."""
    arguments = [sys.executable, "-m", "tests.handoffs.faults.dying", what, now.isoformat(), step]
    environment = os.environ | {"DATABASE_URL": name_test_database(), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    ended = subprocess.run(
        arguments, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=PATIENCE
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def main(what: str, now: str, step: str) -> None:
    django.setup()
    from handoffs.services.opening_due import open_due  # noqa: PLC0415  # needs the apps
    from handoffs.services.reminding import remind_late  # noqa: PLC0415

    deed = {"remind": remind_late, "open": open_due}[what]
    with connection.execute_wrapper(end_at(step)), transaction.atomic():
        if step == COMMIT:
            transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
        deed(dt.datetime.fromisoformat(now))


if __name__ == "__main__":
    main(*sys.argv[1:])

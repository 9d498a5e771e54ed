"""A process that sends the reminders of a morning and is killed (-9) at a chosen statement of it.

`python -m tests.runbooks.faults.dying NOW STEP`: STEP is the beginning of a statement, after which the process ends, or
"commit": the first person's morning is through, and nobody else was looked at.
"""

import datetime as dt
import os
import signal
import subprocess
import sys

import django
from django.db import connection

from tests.oncall.faults.fleet import name_test_database
from tests.portal.servers import ROOT

MESSAGE, DELIVERY = 'INSERT INTO "oncall_notification"', 'INSERT INTO "oncall_delivery"'
CLAIM, LINES, ZONE = (
    'INSERT INTO "runbooks_remindermorning"',
    'INSERT INTO "runbooks_reminder"',
    'INSERT INTO "runbooks_reminderzone"',
)
SECOND = "second"  # the second person's message: the first one's morning is through


def die_while_reminding(now: dt.datetime, step: str) -> None:
    """Let another process do it and die at that step; fails when it came through alive."""
    arguments = [sys.executable, "-m", "tests.runbooks.faults.dying", now.isoformat(), step]
    environment = os.environ | {"DATABASE_URL": name_test_database(), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    ended = subprocess.run(
        arguments, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=180
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def end_at(step: str):
    """A wrapper of statements that ends the process behind the first one that begins so, or at the second message."""
    left = {"times": 2 if step == SECOND else 1}
    wanted = MESSAGE if step == SECOND else step

    def run(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.startswith(wanted):
            left["times"] -= 1
            if not left["times"]:
                os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return run


def main(now: str, step: str) -> None:
    django.setup()
    from runbooks.services.reminders import send_due  # noqa: PLC0415  # needs the apps

    with connection.execute_wrapper(end_at(step)):
        send_due(dt.datetime.fromisoformat(now))


if __name__ == "__main__":
    main(*sys.argv[1:])

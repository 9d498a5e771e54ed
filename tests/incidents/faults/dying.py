"""A process that does one thing to an incident and is killed (-9) at a chosen statement of it.

`python -m tests.incidents.faults.dying WHAT NUMBER USER NOW STEP`: STEP is the beginning of a statement, after which the
process ends, or "commit": the change is through, and nobody has been told.
"""

import datetime as dt
import os
import signal
import subprocess
import sys

import django
from django.db import connection, transaction

from tests.oncall.faults.fleet import PATIENCE, name_test_database
from tests.portal.servers import ROOT

CLAIM, CALLED = 'SELECT "incidents_escalation"', 'INSERT INTO "incidents_calledlevel"'
MESSAGE, DELIVERY = 'INSERT INTO "oncall_notification"', 'INSERT INTO "oncall_delivery"'
ENTRY, SAVED, COMMIT = 'INSERT INTO "incidents_timelineentry"', 'UPDATE "incidents_escalation"', "commit"
HELD, FROZEN, COMMAND = (
    'SELECT "incidents_incident"',
    'INSERT INTO "incidents_escalation"',
    'INSERT INTO "incidents_roleholder"',
)


def die_while(what: str, number: int, user: int, now: dt.datetime, step: str) -> None:
    """Let another process do it and die at that step; fails when it came through alive."""
    arguments = [
        sys.executable,
        "-m",
        "tests.incidents.faults.dying",
        what,
        str(number),
        str(user),
        now.isoformat(),
        step,
    ]
    environment = os.environ | {"DATABASE_URL": name_test_database(), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    ended = subprocess.run(
        arguments, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=PATIENCE
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def end_at(step: str):
    """A wrapper of statements that ends the process behind the first one that changes or holds what `step` names."""

    def run(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        is_reading = sql.startswith("SELECT") and "FOR UPDATE" not in sql
        if sql.startswith(step) and not is_reading:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return run


def main(what: str, number: str, user: str, now: str, step: str) -> None:
    django.setup()
    from tests.incidents.faults.deeds import DEEDS  # noqa: PLC0415  # needs the apps

    with connection.execute_wrapper(end_at(step)), transaction.atomic():
        if step == COMMIT:
            transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
        DEEDS[what](int(number), int(user), dt.datetime.fromisoformat(now))


if __name__ == "__main__":
    main(*sys.argv[1:])

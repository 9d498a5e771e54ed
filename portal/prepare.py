"""What has to be done before the portal can serve: migrations, static files, first administrator and example content.

`python -m portal.prepare [database] [static]` (both, when neither is named) does only what is missing. `make run` runs
it at every start; a container image has its static files collected when it is built, and the database once per release.
"""

import argparse
import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor

PARTS = ["database", "static"]
LOCK_NUMBER = 7_301_946_512  # any number, the same in all processes: pg_advisory_lock


def prepare_database() -> None:
    """Migrate and fill an empty portal; of several processes doing so at once, the others wait and find it done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_NUMBER])
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            sys.stdout.write("Preparing the database …\n")
            sys.stdout.flush()
            call_command("migrate", interactive=False, verbosity=0, database=DEFAULT_DB_ALIAS)
        call_command("prepare_portal")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_NUMBER])


def collect_static_files() -> None:
    """Collect the static files when one has changed, come or gone since the last time."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    state = fingerprint_static_files()
    if stamp.exists() and stamp.read_text() == state:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(state)


def fingerprint_static_files() -> str:
    """A digest of names, sizes and times of all static files, and of the storage that they are written by."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def read_parts(words: Sequence[str]) -> list[str]:
    """What the command line asks for; exits with a usage message when it names anything else."""
    parser = argparse.ArgumentParser(prog="python -m portal.prepare", description="Prepare the portal to serve.")
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="what to prepare; everything by default")
    return parser.parse_args(words).part or PARTS


def main() -> None:
    parts = read_parts(sys.argv[1:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    try:
        if "database" in parts:
            prepare_database()
        if "static" in parts:
            collect_static_files()
    except CommandError as error:
        sys.exit(f"Runbook portal: {error}")


if __name__ == "__main__":
    main()

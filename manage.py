#!/usr/bin/env python
"""Django's command line; a command that needs the embedded servers finds them, started when they are not running."""

import os
import sys

from django.core.management import execute_from_command_line

from portal import environment
from portal.embedded import EmbeddedError

# Everything else may ask the database; these never do, and starting servers for them would be a waste.
COMMANDS_WITHOUT_SERVERS = {
    "check",
    "collectstatic",
    "diffsettings",
    "findstatic",
    "help",
    "lint_runbooks",
    "startapp",
    "version",
}


def needs_servers(arguments: list[str]) -> bool:
    """Whether the command line asks for anything that a server has to answer."""
    if len(arguments) < 2 or {"-h", "--help", "--version"} & set(arguments[1:]):
        return False
    if arguments[1] == "benchmark" and "--inside" not in arguments:
        return False  # measures a throw-away portal with servers of its own
    return arguments[1] not in COMMANDS_WITHOUT_SERVERS


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    environment.read_env_file()
    if not needs_servers(sys.argv):
        execute_from_command_line(sys.argv)
        return
    try:
        with environment.servers():
            execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        sys.exit(f"Runbook portal: {error}")


if __name__ == "__main__":
    main()

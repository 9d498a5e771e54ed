"""The embedded servers when root starts them: who runs what, and what stays untouched."""

import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from portal import embedded
from portal.processes import is_alive
from portal.server_users import Identity, choose_unprivileged
from tests.portal.servers import (
    HOLD,
    ORDINARY_ENVIRONMENT,
    ROOT,
    SYSTEM_PYTHON,
    ask,
    find_pids,
    hold_elsewhere,
    needs_root,
)


@needs_root
def test_as_root_a_folder_that_stops_the_server_is_named_and_left_alone(server_folder: Path) -> None:
    closed = server_folder / "closed"
    closed.mkdir(mode=0o700)
    with (
        pytest.raises(
            embedded.EmbeddedError, match=re.escape(f"can't pass the folder {closed}: allow it (chmod o+x {closed})")
        ),
        embedded.running(closed / "var", durable=False, valkey=False),
    ):
        pass
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@needs_root
def test_as_root_postgres_runs_as_somebody_else_who_owns_only_its_own_folder(new_data: Path) -> None:
    with embedded.running(new_data, durable=False):
        runner = Path(f"/proc/{find_pids(new_data)[0]}").stat().st_uid
        owners = {path.name: path.stat().st_uid for path in new_data.iterdir()}
    assert runner == owners.pop("postgres") != 0
    assert set(owners.values()) == {0}


@needs_root
def test_root_of_a_container_that_may_not_look_at_processes_stops_the_servers_too(data: Path) -> None:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("no setpriv (util-linux) to take the capability away with")
    command = [setpriv, "--bounding-set", "-sys_ptrace", sys.executable, "-c", HOLD, str(data)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "up\n"
    pids = find_pids(data)
    holder.communicate()
    assert holder.returncode == 0
    assert [is_alive(pid) for pid in pids] == [False, False]


@needs_root
def test_root_runs_the_data_of_an_ordinary_user_as_that_user(copied_data: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    subprocess.run(["chown", "-R", f"{nobody.pw_uid}:{nobody.pw_gid}", copied_data], check=True)
    with embedded.running(copied_data, durable=False) as urls:
        runners = {Path(f"/proc/{pid}").stat().st_uid for pid in find_pids(copied_data)}
        assert ask(urls, "SELECT 1") == 1
    assert runners == {nobody.pw_uid}


@pytest.fixture
def ordinary(new_data: Path) -> Identity:
    """A user without rights who can reach a Python that runs the embedded servers' code; skips where there is none."""
    user = choose_unprivileged(new_data)
    try:
        tried = user.run(SYSTEM_PYTHON, "-c", "import portal.embedded", env=ORDINARY_ENVIRONMENT)
    except OSError:
        tried = None
    if tried is None or tried.returncode != 0:
        pytest.skip(f"{user.name} can't reach the project, or a {SYSTEM_PYTHON} of version 3.11")
    return user


@needs_root
def test_ordinary_user_starts_and_stops_the_servers(new_data: Path, server_folder: Path, ordinary: Identity) -> None:
    server_folder.chmod(0o777)
    rights: dict[str, Any] = {"user": ordinary.uid, "group": ordinary.gid, "extra_groups": [], "cwd": "/"}
    with hold_elsewhere(new_data, python=SYSTEM_PYTHON, env=ORDINARY_ENVIRONMENT, **rights):
        runners = {Path(f"/proc/{pid}").stat().st_uid for pid in find_pids(new_data)}
    assert runners == {ordinary.uid}
    assert find_pids(new_data) == []


@needs_root
def test_ordinary_user_is_told_when_the_data_belongs_to_another(new_data: Path, ordinary: Identity) -> None:
    new_data.mkdir(mode=0o755)
    said = ordinary.run(SYSTEM_PYTHON, "-c", HOLD, new_data, env=ORDINARY_ENVIRONMENT).stdout
    assert f"The data folder {new_data} can't be written: run as its owner" in said

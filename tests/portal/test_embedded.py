"""The embedded servers, and what happens to them: every fault here is caused, not imagined."""

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from portal import embedded
from portal.processes import is_alive, wait_until_gone
from portal.server_users import choose_unprivileged
from tests.portal.servers import (
    HOLD,
    ROOT,
    ask,
    find_pids,
    hold_elsewhere,
    list_modes,
    read_back,
    write_down,
)


def test_addresses_are_known_without_starting_or_writing_anything(new_data: Path) -> None:
    urls = embedded.urls(new_data)

    assert urls.database == f"postgresql://portal@:5432/portal?host={new_data}/postgres/run"
    assert urls.redis == f"unix://{new_data}/valkey/run/valkey.sock?db=0"
    assert not new_data.exists()


@pytest.mark.parametrize("name", ["d" * 120, "a folder, with 'odd' $ignS"])
def test_long_or_odd_path_gets_short_sockets_that_work(server_folder: Path, name: str) -> None:
    data = server_folder / name
    short = [
        Path(f"{embedded.urls(data).database.partition('host=')[2]}"),
        Path(embedded.urls(data).redis[7:-5]).parent,
    ]
    try:
        with embedded.running(data, durable=False) as urls:
            assert ask(urls, "SELECT 1") == 1
            assert redis.from_url(urls.redis).ping()
        assert [folder.parent for folder in short] == [Path("/tmp")] * 2
        assert [stat.S_IMODE(folder.stat().st_mode) for folder in short] == [0o700] * 2
    finally:
        for folder in short:
            shutil.rmtree(folder, ignore_errors=True)


def test_short_socket_folder_that_is_a_link_is_refused(server_folder: Path) -> None:
    data = server_folder / ("d" * 120)
    trap = Path(embedded.urls(data).redis[7:-5]).parent
    trap.symlink_to(server_folder)
    try:
        with (
            pytest.raises(embedded.EmbeddedError, match=re.escape(str(trap))),
            embedded.running(data, durable=False, postgres=False),
        ):
            pass
    finally:
        trap.unlink()


def test_servers_are_as_safe_as_they_should_be(data: Path) -> None:
    with embedded.running(data) as urls:
        shown = {
            name: ask(urls, f"SHOW {name}")
            for name in ("data_checksums", "fsync", "listen_addresses", "server_encoding")
        }
        valkey = redis.from_url(urls.redis, decode_responses=True)
        kept = valkey.config_get("appendonly", "appendfsync", "port", "maxmemory-policy")

    assert shown == {"data_checksums": "on", "fsync": "on", "listen_addresses": "", "server_encoding": "UTF8"}
    assert kept == {"appendonly": "yes", "appendfsync": "everysec", "port": "0", "maxmemory-policy": "noeviction"}


def test_portal_user_owns_its_database_without_being_superuser(data: Path) -> None:
    with embedded.running(data, durable=False) as urls:
        assert ask(urls, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert (
            ask(urls, "SELECT rolname FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE datname = 'portal'")
            == "portal"
        )


def test_needed_extensions_can_be_made(data: Path) -> None:
    with embedded.running(data, durable=False, valkey=False) as urls, psycopg.connect(urls.database) as connection:
        for name in ("pg_trgm", "unaccent", "btree_gist"):
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")


def test_everything_is_kept_over_a_clean_stop(data: Path) -> None:
    with embedded.running(data) as urls:
        write_down(urls)
        pids = find_pids(data)
    stopped = [not is_alive(pid) for pid in pids]
    with embedded.running(data) as urls:
        found = read_back(urls)

    assert stopped == [True, True]
    assert found == ("kept", "kept")


def test_only_the_server_that_is_asked_for_is_started(new_data: Path) -> None:
    with embedded.running(new_data, durable=False, postgres=False):
        assert (new_data / "valkey" / "valkey.pid").exists()
        assert not (new_data / "postgres").exists()


def test_servers_stay_as_long_as_anybody_uses_them(data: Path) -> None:
    with hold_elsewhere(data):
        with embedded.running(data, durable=False) as urls:
            pids = find_pids(data)
        assert ask(urls, "SELECT 1") == 1
    assert [is_alive(pid) for pid in pids] == [False, False]


def test_servers_outlive_whoever_started_them(data: Path) -> None:
    with hold_elsewhere(data) as starter, embedded.running(data, durable=False) as urls:
        starter.communicate()
        assert ask(urls, "SELECT 1") == 1


def test_several_processes_may_start_at_once(new_data: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(new_data)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    racers = [
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=env)
        for _ in range(3)
    ]
    assert [racer.communicate()[0] for racer in racers] == ["up\n"] * 3
    assert [racer.returncode for racer in racers] == [0, 0, 0]
    assert find_pids(new_data) == []


def test_child_process_does_not_keep_the_servers(data: Path) -> None:
    with embedded.running(data, durable=False):
        pids = find_pids(data)
        child = subprocess.Popen(["sleep", "60"])
    alive = [is_alive(pid) for pid in pids]
    child.kill()
    child.wait()
    assert alive == [False, False]


def test_servers_left_by_a_killed_process_are_adopted_and_stopped(data: Path) -> None:
    with hold_elsewhere(data) as holder:
        pids = find_pids(data)
        holder.kill()
        holder.wait()
        with embedded.running(data, durable=False) as urls:
            assert find_pids(data) == pids
            assert ask(urls, "SELECT 1") == 1
    assert [is_alive(pid) for pid in pids] == [False, False]


def test_nothing_that_was_committed_is_lost_when_the_servers_are_killed(data: Path) -> None:
    with embedded.running(data) as urls:
        write_down(urls)
        redis.from_url(urls.redis).waitaof(1, 0, 5000)
        for pid in find_pids(data):
            os.kill(pid, signal.SIGKILL)
            wait_until_gone(pid, 5)
    with embedded.running(data) as urls:
        assert read_back(urls) == ("kept", "kept")


def test_pid_file_that_names_a_stranger_does_not_hinder(data: Path) -> None:
    with embedded.running(data, durable=False) as urls:
        write_down(urls)
        left = (data / "postgres" / "data" / "postmaster.pid").read_text().splitlines()
    stranger = str(os.getpid())
    (data / "postgres" / "data" / "postmaster.pid").write_text("\n".join([stranger, *left[1:]]) + "\n")
    (data / "valkey" / "valkey.pid").write_text(stranger)
    with embedded.running(data, durable=False) as urls:
        assert read_back(urls)[0] == "kept"


def test_half_made_cluster_is_made_again(new_data: Path) -> None:
    half = new_data / "postgres" / "data.new"
    half.mkdir(parents=True)
    new_data.chmod(0o711)
    (half / "postgresql.conf").write_text("half a f")
    runner = choose_unprivileged(new_data / "postgres")
    if runner.uid is not None and runner.gid is not None:
        os.chown(new_data / "postgres", runner.uid, runner.gid)
    (new_data / "postgres").chmod(0o700)
    with embedded.running(new_data, durable=False, valkey=False) as urls:
        assert ask(urls, "SELECT 1") == 1
    assert not half.exists()


def test_data_of_another_postgres_version_is_refused_with_the_way_out(copied_data: Path) -> None:
    (copied_data / "postgres" / "data" / "PG_VERSION").write_text("15\n")
    with (
        pytest.raises(embedded.EmbeddedError, match=r"PostgreSQL 15, and this is 18: restore a backup"),
        embedded.running(copied_data, durable=False, valkey=False),
    ):
        pass


def test_expected_version_is_that_of_the_programs() -> None:
    program = embedded.find_postgres_program("postgres")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"postgres (PostgreSQL) {embedded.POSTGRES_MAJOR}.")


def test_failed_start_shows_what_the_server_said(copied_data: Path) -> None:
    with (copied_data / "postgres" / "data" / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with (
        pytest.raises(embedded.EmbeddedError, match="no_such_setting"),
        embedded.running(copied_data, durable=False, valkey=False),
    ):
        pass


def test_folders_above_the_data_keep_mode_and_owner(data: Path, server_folder: Path) -> None:
    before = list_modes(server_folder)
    programs = list_modes(embedded.find_postgres_program("postgres").parent)
    with embedded.running(data, durable=False):
        pass
    assert list_modes(server_folder) == before
    assert list_modes(embedded.find_postgres_program("postgres").parent) == programs

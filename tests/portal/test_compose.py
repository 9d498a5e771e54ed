"""The containers' files name only what the project has: commands, options, variables, addresses, files."""

import re
import runpy
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.bin.beat import beat
from celery.bin.control import inspect
from celery.bin.worker import worker
from django.urls import resolve

from portal.celery import app
from portal.prepare import read_parts

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ["migrate", "web", "worker", "beat"]
CELERY_COMMANDS = {"worker": worker, "beat": beat, "inspect": inspect}
# Set by the portal itself or by its tools, never by people.
INTERNAL = {"DJANGO_SETTINGS_MODULE", "PROMETHEUS_MULTIPROC_DIR"}
READ = re.compile(r"(?:\benv\.\w+\(|environ\.get\(|environ\[)\s*\"([A-Z][A-Z_]+)\"")


def find_variables_read() -> set[str]:
    """The names of the environment variables that the project's own code asks for."""
    folders = ["portal", "accounts", "oncall", "runbooks", "incidents", "handoffs"]
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    files += [ROOT / "manage.py", ROOT / "gunicorn.conf.py"]
    return {name for path in files for name in READ.findall(path.read_text())} - INTERNAL


def find_example_variables() -> set[str]:
    return set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def list_words(command: list[str] | str) -> list[str]:
    """The words of a command, without the CMD or CMD-SHELL before a health check."""
    words = command.split() if isinstance(command, str) else " ".join(command).split(" ")
    return [word for word in words if word not in ("CMD", "CMD-SHELL")]


@pytest.mark.parametrize("name", OURS)
def test_web_worker_beat_and_migrate_are_one_image(name: str) -> None:
    assert (SERVICES[name]["image"], SERVICES[name]["build"]) == ("runbook-portal", ".")


@pytest.mark.parametrize("name", OURS)
def test_every_command_runs_a_module_that_exists(name: str) -> None:
    program, flag, module, *_ = SERVICES[name]["command"]
    assert (program, flag) == ("python", "-m")
    assert find_spec(module) is not None


def test_migrate_prepares_a_part_that_exists() -> None:
    words = SERVICES["migrate"]["command"]
    assert words[2] == "portal.prepare"
    assert read_parts(words[3:]) == ["database"]


def test_web_is_gunicorn_with_a_configuration_that_exists_and_names_the_application(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")  # the configuration sets it; this puts it back afterwards
    words = SERVICES["web"]["command"]
    settings = runpy.run_path(str(ROOT / words[words.index("--config") + 1]))
    module, _, name = settings["wsgi_app"].partition(":")
    settings["on_exit"](None)
    assert words[2] == "gunicorn"
    assert hasattr(__import__(module, fromlist=[name]), name)


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_celery_commands_name_the_application_and_options_that_exist(name: str) -> None:
    words = SERVICES[name]["command"]
    command = words[words.index(name)]
    options = {
        option
        for parameter in CELERY_COMMANDS[command].params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert words[3:5] == ["-A", app.main]
    assert {word for word in words[words.index(name) :] if word.startswith("--")} <= options


def test_web_is_well_when_the_health_page_says_so() -> None:
    probe = " ".join(SERVICES["web"]["healthcheck"]["test"])
    address = re.search(r"http://127\.0\.0\.1:(\d+)(/[^']*)", probe)
    assert address is not None
    assert address[1] == SERVICES["web"]["environment"]["PORT"]
    assert resolve(address[2]).func.__name__


@pytest.mark.parametrize(("name", "node"), [("worker", "celery"), ("beat", "celerybeat")])
def test_worker_and_beat_are_well_when_they_answer_a_ping(name: str, node: str) -> None:
    probe = list_words(SERVICES[name]["healthcheck"]["test"])
    assert probe == f"python -m celery -A {app.main} inspect ping --destination {node}@$$HOSTNAME".split()
    assert "--destination" in {option for parameter in inspect.params for option in parameter.opts}


def test_beat_can_be_asked_how_it_is() -> None:
    assert "--enable-remote-control" in SERVICES["beat"]["command"]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_given_to_the_portal_is_one_that_it_reads(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= find_variables_read()


def test_every_variable_that_compose_takes_is_in_the_example() -> None:
    assert set(re.findall(r"\$\{([A-Z_]+)", COMPOSE_TEXT)) <= find_example_variables()


def test_example_names_no_variable_that_nobody_reads() -> None:
    used = find_variables_read() | set(re.findall(r"\$\{([A-Z_]+)", COMPOSE_TEXT))
    assert find_example_variables() - used == set()


@pytest.mark.parametrize("document", [".env.example", "docs/operating.md"])
def test_every_variable_that_the_code_reads_is_documented(document: str) -> None:
    text = (ROOT / document).read_text()
    assert {name for name in find_variables_read() if not re.search(rf"\b{name}\b", text)} == set()


@pytest.mark.parametrize("secret", ["POSTGRES_PASSWORD", "VALKEY_PASSWORD", "SECRET_KEY"])
def test_secrets_have_no_default(secret: str) -> None:
    ways = re.findall(rf"\$\{{{secret}(..)", COMPOSE_TEXT)
    assert set(ways) == {":?"}


def test_servers_are_the_ones_that_the_portal_is_made_for() -> None:
    assert (SERVICES["postgres"]["image"], SERVICES["valkey"]["image"]) == ("postgres:18", "valkey/valkey:9")


def test_postgres_keeps_its_data_where_version_18_puts_it() -> None:
    assert SERVICES["postgres"]["volumes"] == ["postgres-data:/var/lib/postgresql"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_that_stays_has_a_health_check(name: str) -> None:
    assert "healthcheck" in SERVICES[name] or name == "migrate"


@pytest.mark.parametrize("name", SERVICES)
def test_volumes_and_needed_services_are_declared(name: str) -> None:
    volumes = {volume.partition(":")[0] for volume in SERVICES[name].get("volumes", [])}
    assert volumes <= set(COMPOSE["volumes"])
    assert set(SERVICES[name].get("depends_on", {})) <= set(SERVICES)


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_nothing_serves_before_the_migrations(name: str) -> None:
    assert SERVICES[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_only_the_web_server_is_published_and_only_on_loopback() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_image_serves_with_the_command_of_the_compose_file_and_not_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    command = next(line for line in lines if line.startswith("CMD "))
    user = [line.split()[1] for line in lines if line.startswith("USER ")][-1]
    assert yaml.safe_load(command.removeprefix("CMD ")) == SERVICES["web"]["command"]
    assert user == "portal"


def test_image_is_made_from_the_lock_file_with_hashes() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes --requirement requirements.lock" in text
    assert (ROOT / "requirements.lock").is_file()


@pytest.mark.parametrize("name", [".env", ".git", "var", ".venv"])
def test_nothing_private_goes_into_the_image(name: str) -> None:
    assert name in (ROOT / ".dockerignore").read_text().splitlines()

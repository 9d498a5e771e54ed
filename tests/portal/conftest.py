"""Data folders for tests that run servers of their own, and somebody for tests of the admin."""

import shutil
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from accounts.roles import EDITOR
from portal import embedded
from tests.factories import make_user
from tests.portal.admin_forms import staff
from tests.portal.servers import kill_servers


@pytest.fixture(scope="module")
def made_data() -> Generator[Path]:
    """Data that has been used once; making a cluster takes longer than anything else here."""
    folder = Path(tempfile.mkdtemp(prefix="portal-made-", dir="/tmp"))
    folder.chmod(0o711)
    with embedded.running(folder / "var", durable=False):
        pass
    yield folder / "var"
    shutil.rmtree(folder)


@pytest.fixture
def data(made_data: Path) -> Generator[Path]:
    """Data that other tests use too, one after the other: nothing may be broken here that a start does not mend."""
    yield made_data
    kill_servers(made_data)


@pytest.fixture
def copied_data(made_data: Path, new_data: Path) -> Path:
    """Data of one's own, to break."""
    subprocess.run(["cp", "-a", made_data, new_data], check=True)
    return new_data


@pytest.fixture
def new_data(server_folder: Path) -> Generator[Path]:
    """A data folder that does not exist yet."""
    yield server_folder / "var"
    kill_servers(server_folder / "var")


@pytest.fixture
def dee(db):
    """An editor who may open the admin."""
    return make_user("dee", role=EDITOR, is_staff=True)


@pytest.fixture
def as_dee(dee, as_user):
    return as_user(dee)


@pytest.fixture
def as_admin(as_user):
    return as_user(staff())


@pytest.fixture
def as_root(as_user):
    """Somebody who may do everything."""
    return as_user(staff("root", is_superuser=True))

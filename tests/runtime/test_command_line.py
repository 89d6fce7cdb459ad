"""What the command line refuses, and what it does to accounts. Each test has a data folder of its own."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from support.web import EXAMPLES, PASSWORD
from typer.testing import CliRunner, Result

import app
from runtime.people import demo, first_run, passwords, signing_in
from runtime.store.database import Database

runner = CliRunner()


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """`serve` sends logs elsewhere, for good."""
    root, kept = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**kept)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DABASHOU_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*words: str, typed: str = "") -> Result:
    return runner.invoke(app.main, list(words), input=typed)


def database(data: Path) -> Database:
    return Database.open(f"sqlite:///{data / 'dabashou.sqlite3'}")


def test_sqlite_is_served_by_one_process_and_says_so() -> None:
    """Before anything is made."""
    refused = run("serve", "--workers", "2")
    assert refused.exit_code == 2
    assert "PostgreSQL" in refused.output


def test_a_demo_does_not_open_the_accounts_of_an_installation(data: Path) -> None:
    """Whoever has a password is not there to be chosen."""
    assert run("org", "import", str(EXAMPLES)).exit_code == 0
    assert run("org", "password", "chen-xiaolin", typed=PASSWORD + "\n").exit_code == 0
    refused = run("serve", "--demo")
    assert refused.exit_code == 2
    assert "--demo" in refused.output


def test_a_password_from_the_console_must_be_changed_unless_kept(data: Path) -> None:
    """A weak one and an unknown account are refused."""
    run("org", "import", str(EXAMPLES))
    assert run("org", "password", "chen-xiaolin", typed="short\n").exit_code == 2
    assert run("org", "password", "nobody", typed=PASSWORD + "\n").exit_code == 2
    assert run("org", "password", "chen-xiaolin", "--keep", typed=PASSWORD + "\n").exit_code == 0
    opened = database(data)
    stored = opened.read_now(signing_in.credential, "chen-xiaolin")
    opened.close()
    assert stored is not None
    assert passwords.HASHER.verify(PASSWORD, stored)


def test_only_the_console_gives_the_right_to_administer(data: Path) -> None:
    """An import of an organisation whose files have such a role does not."""
    run("org", "import", str(EXAMPLES))
    run("org", "password", "mo-ran", typed=PASSWORD + "\n")
    opened = database(data)
    assert opened.read_now(demo.somebody_has_a_password)
    assert opened.read_now(first_run.needed)
    assert run("org", "administrator", "mo-ran").exit_code == 0
    assert not opened.read_now(first_run.needed)
    assert run("org", "administrator", "mo-ran", "--revoke").exit_code == 0
    assert opened.read_now(first_run.needed)
    opened.close()


def test_an_import_can_be_tried_first(data: Path) -> None:
    """It says what would change, and changes nothing."""
    tried = run("org", "import", str(EXAMPLES), "--dry-run")
    assert tried.exit_code == 0
    assert "chen-xiaolin" in tried.output
    again = run("org", "import", str(EXAMPLES), "--english")
    assert "chen-xiaolin" in again.output
    assert "No changes" in run("org", "import", str(EXAMPLES), "--english").output


def test_published_data_is_verified() -> None:
    """Publishing needs definitions that are right; verifying finds nothing wrong."""
    run("org", "import", str(EXAMPLES))
    assert run("publish", str(EXAMPLES), "--demo", "--unreviewed").exit_code == 0
    assert run("verify").exit_code == 0


def test_wrong_settings_are_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """From a variable or from the file."""
    monkeypatch.setenv("DABASHOU_PORT", "many")
    refused = run("verify")
    assert refused.exit_code == 2
    assert "port" in refused.output
    monkeypatch.delenv("DABASHOU_PORT")
    Path("dabashou.toml").write_text("nothing_such = 1\n")
    assert "nothing_such" in run("verify").output


def test_asking_for_help_loads_neither_a_server_nor_a_compiler() -> None:
    """Each command imports what it needs when it is called."""
    heavy = ("fastapi", "uvicorn", "sqlalchemy", "yaml", "msgspec", "jinja2", "builder.compile", "runtime", "forms", "workflows")
    ask = f"import sys, app; print([module for module in {heavy} if module in sys.modules])"
    root = Path(app.__file__).parent
    said = subprocess.run([sys.executable, "-c", ask], cwd=root, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"

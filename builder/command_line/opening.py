"""What commands begin with: the settings, the database, a password, and words for why they cannot."""

import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from runtime.settings import Settings
    from runtime.store.database import Database

English = Annotated[bool, typer.Option("--english", help="Say it in English.")]

#: what the command line said, for the process that serves by itself
overrides: dict[str, Any] = {}


def settings(**given: Any) -> "Settings":
    """The settings, with what the command line says on top. Says what is wrong with them in words."""
    from pydantic import ValidationError

    from runtime.settings import Settings

    overrides.update(given)
    try:
        return Settings(**given)
    except ValidationError as wrong:
        lines = [f"  {'.'.join(map(str, error['loc']))}: {error['msg']}" for error in wrong.errors()]
        stop("设置有误（变量 DABASHOU_… 或 dabashou.toml）：", "Something is wrong with the settings:", lines)


@contextmanager
def database(settings: "Settings") -> "Generator[Database]":
    """The database in the shape of this version."""
    from runtime.store import migrate
    from runtime.store.database import Database, Unavailable

    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        database = Database.open(settings.database_url)
    except (Unavailable, ValueError) as error:
        stop(f"数据库打不开：{error}", f"The database does not open: {error}")
    try:
        migrate.upgrade(database)
        yield database
    except Unavailable as error:
        stop(f"数据库不可用：{error}", f"The database is not available: {error}")
    finally:
        database.close()


def ask_password(person: str, settings: "Settings") -> str:
    """A good password, typed twice; or one line of standard input where nobody types."""
    from forms.texts import say
    from runtime.people import passwords

    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        if problem := passwords.problem(password, person, settings):
            stop(say(problem, "zh"), say(problem, "en"))
        return password
    while True:
        password: str = typer.prompt("密码 Password", hide_input=True, confirmation_prompt="再输一遍 Again")
        problem = passwords.problem(password, person, settings)
        if problem is None:
            return password
        print(say(problem, "zh"), say(problem, "en"), sep="\n")


def stop(zh: str, en: str, lines: Iterable[str] = ()) -> NoReturn:
    print(zh, en, *lines, sep="\n", file=sys.stderr)
    raise typer.Exit(2)

"""Databases for the step benchmark: the example city, an app of three approvals, and any number of its cases, by bulk SQL.

One case is submitted through the product's own door; the others are its rows with other ids, so that each can be decided. A second
case is decided to its end, and the rows of each step are kept: what the raw side writes.
"""

import asyncio
import json
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from builder import commands, workspace_git
from runtime.casework import cases
from runtime.casework.cases import Done
from runtime.casework.releases import Catalogue
from runtime.settings import Settings
from runtime.site import Site
from runtime.store import migrate
from runtime.store import tables as t
from runtime.store.database import Database

APPLICANT = "chen-xiaolin"
APPROVERS = ("zhou-jianguo", "pan-wei", "fang-zhiping")
ANSWERS = {"topic": "采购移动工作站", "days": 5, "amount": 1280050, "reason": "用来测量三级审批每一步需要多少时间"}
APPS = Path(__file__).parent / "steps_app"
KEY = "bench-seed-key"
#: the tables that a submission or a decision leaves rows in, with the column that names the case
OF_CASE = {t.case: "id", t.event: "case", t.task: "case", t.idempotency: "case", t.message: "case", t.copy: "case", t.timer: "case"}


class Template(NamedTuple):
    """What the other cases are made from."""

    case: str
    number: str


def case_id(number: int) -> str:
    return f"{'ca5e':0<16}{number:016}"


def task_id(number: int) -> str:
    """Of its first task: a command names what it opens by its own id, and a case is named by the command that began it."""
    return f"{case_id(number)}-1"


def build(url: str, folder: Path, cases_wanted: int) -> None:
    """Into the empty database ``url``; ``folder`` gets the workspace and ``rows.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    workspace = folder / "workspace"
    if not workspace.exists():
        workspace_git.prepare(workspace_git.examples(), workspace)
        shutil.copytree(APPS, workspace / "apps", dirs_exist_ok=True)
    database = Database.open(url)
    try:
        migrate.upgrade(database)
        now, said = datetime.now(UTC), list[str]()
        if commands.org_import(workspace, database, now=now, out=said.append) or commands.publish(
            workspace, database, now=now, by="bench", out=said.append
        ):
            raise SystemExit("\n".join(said))
        template, rows = asyncio.run(_examples(database))
        (folder / "rows.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
        if database.dialect == "postgresql":
            database.write_now(_multiply, template, f"generate_series(1, {cases_wanted}) AS n(i)")
            database.write_now(lambda conn: conn.exec_driver_sql("ANALYZE"))
    finally:
        database.close()
    if database.dialect == "sqlite":
        _multiply_in_sqlite(Path(url.removeprefix("sqlite:///")), template, cases_wanted)


async def _examples(database: Database) -> tuple[Template, list[dict[str, Any]]]:
    """The case that the others are copies of, and the rows of each step of another one."""
    site = Site(Settings(), database, Catalogue())
    await site.catalogue.refresh(database)
    template = await _submit(site, KEY)
    decided = await _submit(site, "bench-decided")
    rows: list[dict[str, Any]] = []
    before = await database.read(_rows, decided.case.id)
    done = decided
    for _ in APPROVERS:
        (task,) = done.case.open_tasks()
        acted = await cases.act(site, task.person, task.id, "approve", f"click-{task.id}", opinion="同意")
        assert isinstance(acted, Done), acted
        after = await database.read(_rows, decided.case.id)
        rows.append({name: [row for row in after[name] if row not in before[name]] for name in after})
        done, before = acted, after
    return Template(template.case.id, template.case.number), rows


async def _submit(site: Site, key: str) -> Done:
    done = await cases.submit(site, APPLICANT, "bench-steps", ANSWERS, key)
    assert isinstance(done, Done), done
    return done


def _rows(conn: sa.Connection, case: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of ``case`` in every table, as the database stores them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table, column in OF_CASE.items():
        asked = sa.text(f'SELECT * FROM "{table.name}" WHERE "{column}" = :case')
        found[table.name] = [
            {name: str(value) if isinstance(value, datetime) else value for name, value in row.items()}
            for row in conn.execute(asked, {"case": case}).mappings()
        ]
    return found


def _copies(template: Template, table: sa.Table, column: str, numbers: str, ids: tuple[str, str]) -> str:
    """INSERT … SELECT of the template's rows in ``table`` under other ids."""
    case, number = ids
    values: list[str] = []
    for item in table.columns:
        value = f'x."{item.name}"'
        if isinstance(getattr(item.type, "impl_instance", item.type), sa.String):
            for old, new in ((template.case, case), (template.number, number), (KEY, f"'{KEY}-' || n.i")):
                value = f"replace({value}, '{old}', {new})"
        values.append(value)
    columns = ", ".join(f'"{item.name}"' for item in table.columns)
    return f'INSERT INTO "{table.name}" ({columns}) SELECT {", ".join(values)} FROM {numbers}, "{table.name}" x WHERE x."{column}" = \'{template.case}\''


def _multiply(conn: sa.Connection, template: Template, numbers: str) -> None:
    def padded(head: str, width: int) -> str:
        return f"'{head}' || lpad(n.i::text, {width}, '0')"

    ids = (padded(f"{'ca5e':0<16}", 16), padded("SP-0000-", 7))
    for table, column in OF_CASE.items():
        conn.exec_driver_sql(_copies(template, table, column, numbers, ids).replace("%", "%%"))


def _multiply_in_sqlite(path: Path, template: Template, wanted: int) -> None:
    """Without care for the power supply; what is measured later runs with all of it."""
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous = OFF", "foreign_keys = OFF", "cache_size = -400000", "wal_autocheckpoint = 20000"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("CREATE TEMP TABLE n (i INTEGER PRIMARY KEY)")
    raw.execute("INSERT INTO n WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ?) SELECT i FROM c", [wanted])
    ids = (f"printf('{'ca5e':0<16}%016d', n.i)", "printf('SP-0000-%07d', n.i)")
    for table, column in OF_CASE.items():
        raw.execute(_copies(template, table, column, "n", ids))
    raw.execute("ANALYZE")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()

"""A data folder to measure on: the example city, a form of 25 fields, and 100,000 tasks of one person."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select

from builder import commands, workspace_git
from runtime.people import sessions
from runtime.store import migrate, tables
from runtime.store.database import Database
from runtime.store.ids import new_id

APPROVER = "zhou-jianguo"
APPLICANT = "chen-xiaolin"
TASKS = 100_000
FORM = Path(__file__).parent / "apps"


class City(NamedTuple):
    """What the load needs to know."""

    data: Path
    #: by person: the token of a session, and its CSRF token
    sessions: dict[str, sessions.Fresh]


def build(data: Path) -> City:
    """Everything in SQLite below ``data``, made through the same functions as the product's own commands."""
    workspace = data / "workspace"
    workspace_git.prepare(workspace_git.examples(), workspace)
    shutil.copytree(FORM, workspace / "apps", dirs_exist_ok=True)
    database = Database.open(f"sqlite:///{data / 'dabashou.sqlite3'}")
    try:
        migrate.upgrade(database)
        now = datetime.now(UTC)
        said: list[str] = []
        if commands.org_import(workspace, database, now=now, out=said.append) or commands.publish(
            workspace, database, now=now, by="bench", out=said.append
        ):
            raise SystemExit("\n".join(said))
        signed_in = {person: sessions.fresh() for person in (APPROVER, APPLICANT)}
        database.write_now(_sign_in, signed_in, now)
        database.write_now(_tasks, now)
    finally:
        database.close()
    return City(data, signed_in)


def _sign_in(conn: Connection, signed_in: dict[str, sessions.Fresh], now: datetime) -> None:
    organisation = conn.execute(select(tables.organisation.c.id)).scalar_one()
    for person, fresh in signed_in.items():
        sessions.insert(conn, fresh, person, organisation, "browser", now)


def _tasks(conn: Connection, now: datetime) -> None:
    """Rows as a hundred thousand submissions would leave them; only the lists read them."""
    organisation = conn.execute(select(tables.organisation.c.id)).scalar_one()
    digest = conn.execute(select(tables.app_current.c.digest).where(tables.app_current.c.app == "leave")).scalar_one()
    cases: list[dict[str, Any]] = []
    tasks: list[dict[str, Any]] = []
    for number in range(TASKS):
        at = now - timedelta(minutes=TASKS - number)
        due = at + timedelta(days=90)
        case = new_id()
        subject = f"陈晓琳 · 年假 · {number % 9 + 1}天"
        cases.append(
            {
                "id": case,
                "organisation": organisation,
                "app": "leave",
                "digest": digest,
                "number": f"QJ-2026-{number:06}",
                "applicant": APPLICANT,
                "applicant_name": "陈晓琳",
                "department": "data-resources",
                "department_title": "数据资源处",
                "post": "clerk",
                "status": "open",
                "outcome": None,
                "rev": 3,
                "head": "",
                "answers": {},
                "app_title": {"zh": "请休假", "en": "Leave"},
                "subject": subject,
                "step_title": {"zh": "处室负责人审批", "en": "Section head"},
                "due": due,
                "created_at": at,
                "changed_at": at,
                "ended_at": None,
            }
        )
        tasks.append(
            {
                "id": new_id(),
                "organisation": organisation,
                "case": case,
                "app": "leave",
                "step": "section-head",
                "step_title": {"zh": "处室负责人审批", "en": "Section head"},
                "round": 1,
                "person": APPROVER,
                "name": "周建国",
                "state": "open",
                "how": None,
                "opened_at": at,
                "due": due,
                "due_uncertain": False,
                "urgency": due,
                "closed_at": None,
                "app_title": {"zh": "请休假", "en": "Leave"},
                "applicant_name": "陈晓琳",
                "number": f"QJ-2026-{number:06}",
                "subject": subject,
            }
        )
    conn.execute(insert(tables.case), cases)
    conn.execute(insert(tables.task), tasks)

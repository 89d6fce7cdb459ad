"""SpiffWorkflow in the step benchmark: load the JSON, do the task, save the JSON; one synchronous transaction a click.

``python -m bench.peers.spiff_clicks FILE --callers N``, in the environment of spiff.txt. The work is done outside of the writing
transaction, which is guarded by a revision: callers wait for each other's commits only.
"""

import argparse
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from bench import span

ANSWERS = {"topic": "采购移动工作站", "days": 5, "amount": 1280050, "reason": "用来测量三级审批每一步需要多少时间"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--callers", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--cases", type=int, required=True)
    parser.add_argument("--prepare", action="store_true", help="make the file")
    chosen = parser.parse_args()
    serializer = BpmnWorkflowSerializer()
    if chosen.prepare:
        prepare(chosen.file, chosen.cases, serializer)
        return
    local = threading.local()

    def click(case: int) -> Iterator[None]:
        raw = local.raw = getattr(local, "raw", None) or connect(chosen.file)
        for _ in range(3):
            body, rev = raw.execute("SELECT body, rev FROM workflow WHERE id = ?", [case]).fetchone()
            workflow = serializer.deserialize_json(body)
            task = workflow.get_next_task(state=TaskState.READY, manual=True)
            task.set_data(**{task.task_spec.name: {"decision": "approve", "opinion": "同意"}})
            task.run()
            workflow.do_engine_steps()
            body = serializer.serialize_json(workflow)
            raw.execute("BEGIN IMMEDIATE")
            changed = raw.execute("UPDATE workflow SET body = ?, rev = rev + 1 WHERE id = ? AND rev = ?", [body, case, rev]).rowcount
            raw.execute("COMMIT")
            if changed != 1:
                raise SystemExit("someone else changed the case")
            yield
        if not workflow.completed:
            raise SystemExit("three approvals did not end the case")

    span.threads(chosen.callers, chosen.seconds, range(chosen.first, chosen.first + chosen.cases), click)


def connect(file: Path) -> sqlite3.Connection:
    raw = sqlite3.connect(file, isolation_level=None, timeout=60, check_same_thread=False)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    return raw


def prepare(file: Path, cases: int, serializer: BpmnWorkflowSerializer) -> None:
    """``cases`` that have been submitted: they wait for the first of the three."""
    parser = BpmnParser()
    parser.add_bpmn_file(str(Path(__file__).parent / "approvals.bpmn"))
    workflow = BpmnWorkflow(parser.get_spec("approvals"))
    start = workflow.get_next_task(state=TaskState.READY)
    start.set_data(**ANSWERS)
    workflow.do_engine_steps()
    body = serializer.serialize_json(workflow)
    raw = connect(file)
    raw.execute("CREATE TABLE workflow (id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, body TEXT NOT NULL)")
    raw.execute("BEGIN")
    raw.executemany("INSERT INTO workflow VALUES (?, 1, ?)", ((number, body) for number in range(1, cases + 1)))
    raw.execute("COMMIT")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    main()

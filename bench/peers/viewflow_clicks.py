"""django-viewflow in the step benchmark: lock the process, load the task, check who may, start, execute; one transaction a click.

``python -m bench.peers.viewflow_clicks URL --callers N``, in the environment of viewflow.txt.
"""

import argparse
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import django
from django.conf import settings

from bench import span

ANSWERS = {"topic": "采购移动工作站", "days": 5, "amount": 1280050, "reason": "用来测量三级审批每一步需要多少时间"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--callers", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--cases", type=int, default=0)
    parser.add_argument("--prepare", action="store_true", help="make the tables and the people")
    chosen = parser.parse_args()
    configure(chosen.url)
    if chosen.prepare:
        prepare()
        return
    from django.db import connection, transaction
    from viewflow.workflow.models import Task

    from bench.peers.approvals.flows import APPROVERS, Approvals, person

    for setting in ("fsync", "synchronous_commit"):
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW {setting}")
            if cursor.fetchone() != ("on",):
                raise SystemExit(f"{setting} is off")
    with transaction.atomic():
        begun = [Approvals.start.run(answers=ANSWERS).pk for _ in range(chosen.cases)]

    def click(process: int) -> Iterator[None]:
        # the list that a person clicks in names the task; finding it there is not part of the click
        for name in APPROVERS:
            task_id = Task.objects.filter(process_id=process, finished__isnull=True).values_list("pk", flat=True).get()
            user = person(name)
            with Approvals.lock(process):
                task = Task.objects.select_related("process", "owner").get(pk=task_id)
                if not task.flow_task.can_execute(user, task):
                    raise PermissionError(name)
                activation = task.flow_task.activation_class(task)
                activation.start(None)
                task.data = {"decision": "approve", "opinion": "同意"}
                activation.execute()
            yield

    span.threads(chosen.callers, chosen.seconds, begun, click)


def configure(url: str) -> None:
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    database: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": None,
        "OPTIONS": {"options": "-c synchronous_commit=on"},
    }
    settings.configure(
        DEBUG=False,
        USE_TZ=True,
        SECRET_KEY=json.dumps("of the benchmark"),
        DATABASES={"default": database},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "viewflow", "viewflow.workflow", "bench.peers.approvals"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()


def prepare() -> None:
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from bench.peers.approvals.flows import APPROVERS

    call_command("migrate", verbosity=0)
    for name in APPROVERS:
        get_user_model().objects.create_user(name)


if __name__ == "__main__":
    main()

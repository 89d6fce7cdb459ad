"""Three approvals in django-viewflow, each by its own person, locked as its documentation recommends on PostgreSQL."""

from typing import Any

from django.contrib.auth import get_user_model
from viewflow import this
from viewflow.workflow import flow, lock

APPROVERS = ("zhou-jianguo", "pan-wei", "fang-zhiping")
_people: dict[str, Any] = {}


def person(name: str) -> Any:
    """Asked for once in the life of the process: the peer shall not pay for users."""
    if name not in _people:
        _people[name] = get_user_model().objects.get(username=name)
    return _people[name]


def page(request: Any, **_: Any) -> None:
    """Never shown: HTTP is not measured."""


class Approvals(flow.Flow):
    lock_impl = lock.select_for_update_lock

    start = flow.StartHandle(this.begin).Next(this.head)
    head = flow.View(page).Assign(lambda _: person(APPROVERS[0])).Next(this.legal)
    legal = flow.View(page).Assign(lambda _: person(APPROVERS[1])).Next(this.director)
    director = flow.View(page).Assign(lambda _: person(APPROVERS[2])).Next(this.end)
    end = flow.End()

    def begin(self, activation: Any, answers: dict[str, Any]) -> Any:
        activation.process.data = answers
        return activation.process

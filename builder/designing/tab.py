"""The tabs of an app in the designer: each module of `builder.designing.tabs` adds one, with its template `designer/ID.html`."""

from collections.abc import Callable
from typing import Any, NamedTuple

from builder.designing.view import View
from forms.texts import Text


class Tab(NamedTuple):
    """A page about one side of an app."""

    #: as in its address
    id: str
    title: Text
    icon: str
    #: among the others
    order: int
    #: what its template needs beside ``view``
    context: Callable[[View], dict[str, Any]]


#: by id
TABS: dict[str, Tab] = {}


def tab(id: str, zh: str, en: str, icon: str, order: int) -> Callable[[Callable[[View], dict[str, Any]]], Callable[[View], dict[str, Any]]]:
    """The function below says what the template of the tab needs. It runs beside the loop: it may take some milliseconds."""

    def enter(context: Callable[[View], dict[str, Any]]) -> Callable[[View], dict[str, Any]]:
        assert id not in TABS, f"two tabs are called {id}"
        TABS[id] = Tab(id, {"zh": zh, "en": en}, icon, order, context)
        return context

    return enter


def all_tabs() -> list[Tab]:
    return sorted(TABS.values(), key=lambda each: each.order)

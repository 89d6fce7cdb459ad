"""Named commands: a page posts ``do=add-field`` and its arguments, and a class of this name turns them into changes of the texts.

A new command is a class in a module of `builder.designing.commands`:

    @command("add-field")
    class AddField(Command):
        kind: str
        after: str = ""

        def run(self, work: Work) -> Text:
            work.insert(FORM, ("properties",), {"title": …}, key=…)
            work.selected = "field:…"
            return {"zh": "添加字段", "en": "Field added"}

Its fields are what the page sends, by the same names (several of one name are a list); what does not fit is refused. `run` gives the
words that stand in the history, and raises Refused (`work.refuse`) where it cannot be done.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, get_origin, get_type_hints

import msgspec

from builder.designing.layout import Refused
from builder.designing.work import Work
from forms.texts import Text


class Command(msgspec.Struct, kw_only=True):
    """Something a designer does: one entry of the history, undone as one."""

    def run(self, work: Work) -> Text:
        """Does it to ``work`` and says what was done: 添加字段“金额”. Raises Refused."""
        raise NotImplementedError


#: every command by its name
COMMANDS: dict[str, type[Command]] = {}

C = TypeVar("C", bound=type[Command])


def command(name: str) -> Callable[[C], C]:
    """The class below is what a page means by ``name``."""

    def enter(kind: C) -> C:
        assert name not in COMMANDS, f"two commands are called {name}"
        COMMANDS[name] = kind
        return kind

    return enter


class Unknown(Refused):
    """No such command, or arguments that it does not have: a page of another version."""


def read(name: str, pairs: Iterable[tuple[str, str]]) -> Command:
    """The command ``name`` with the arguments that a page sent; others than its own are left aside. Raises Unknown."""
    kind = COMMANDS.get(name)
    if kind is None:
        raise Unknown({"zh": f"没有“{name}”这个操作，请刷新页面", "en": f"There is no command “{name}”: reload the page"})
    given: defaultdict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        given[key].append(value)
    hints = get_type_hints(kind)
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.name in given:
            several = get_origin(hints[field.name]) in (list, tuple)
            found[field.name] = given[field.name] if several else given[field.name][-1]
    try:
        return msgspec.convert(found, kind, strict=False)
    except msgspec.ValidationError as wrong:
        raise Unknown({"zh": f"填写的内容不对：{wrong}", "en": f"What was given does not fit: {wrong}"}) from wrong

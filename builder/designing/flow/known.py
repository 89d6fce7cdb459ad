"""What a page of the flow needs to know of a draft that may be broken: fields as far as they can be read, words of expressions, names of people."""

from collections.abc import Mapping
from functools import cached_property, lru_cache

from builder import form_file, source
from builder.designing.studio import Base
from builder.designing.view import View
from builder.designing.work import APP, FLOW, FORM
from builder.draft import AppDraft
from builder.meaning.spoken import Speaker
from builder.nodes import mapping
from builder.problems import Problems
from forms import expressions
from forms.expressions import Expression, Scope
from forms.form import Field, Form, Option
from forms.texts import Text
from workflows.people import Organisation


class Known:
    """Of one draft."""

    def __init__(self, view: View, people: Organisation | None) -> None:
        self.view, self.people, self.language = view, people, view.language
        self.vocabulary = words_of(view.work.texts.get(FORM, ""), view.draft.app, view.base)
        self.fields = self.vocabulary.fields

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def speaker(self) -> Speaker:
        return Speaker(self.by_name, self.people)

    def compile(self, text: str, want: str = "any") -> Expression | None:
        """``text`` where it is right."""
        found = self.vocabulary.compile(text, want) if text else None
        return found if isinstance(found, Expression) else None

    def say(self, text: str, want: str = "bool") -> Text:
        """An expression in words; as it is written where it is not right."""
        found = self.compile(text, want)
        return self.speaker.say(found) if found else {"zh": text, "en": text}

    def title(self, field: str) -> str:
        """A field, or a column ``table.column``, by its title."""
        first, *below = field.split(".")
        found = self.by_name.get(first)
        for name in below:
            found = next((column for column in found.fields if column.name == name), None) if found else None
        return _of(found.title, self.language) if found else field

    @cached_property
    def apps(self) -> dict[str, str]:
        """The other apps by id, with their titles."""
        return {id: _title(self.view, id) for id in self.view.base.apps() if id != self.view.draft.app}

    def has_flow(self) -> bool:
        return self.view.readable(FLOW)


def _title(view: View, app: str) -> str:
    root = mapping(source.load(view.base.app(app).get(APP, "").encode(), APP, Problems()))
    node = root.get("title") if root else None
    return getattr(node, "text", "") or app


def _of(text: Text, language: str) -> str:
    return text.get(language) or text["zh"]


class Vocabulary:
    """What expressions of a form may name, and those that were compiled so far."""

    def __init__(self, fields: tuple[Field, ...]) -> None:
        self.fields = fields
        self.scope = Scope.of_flow(Form(fields=fields, sections=()))
        self.compiled: dict[tuple[str, str], object] = {}

    def compile(self, text: str, want: str) -> object:
        """The expression, or its problems."""
        key = text, want
        if key not in self.compiled:
            self.compiled[key] = expressions.compile(text, self.scope, want)
        return self.compiled[key]


class _Lists:
    """Shared option lists as an argument that is known by its identity."""

    def __init__(self, lists: Mapping[str, tuple[Option, ...]]) -> None:
        self.lists = dict(lists)


_NONE = _Lists({})


@lru_cache(32)
def vocabulary(text: str, app: str, lists: _Lists) -> Vocabulary:
    """Of a form.yaml as far as it can be read, once for each text."""
    root = source.load(text.encode("utf-8", "surrogatepass"), FORM, Problems())
    draft = form_file.draft(root, AppDraft(app, Problems(), None, lists.lists)) if root is not None else None
    return Vocabulary(tuple(draft.whole()) if draft else ())


#: of the newest commit that was asked for
_newest: list[tuple[Base, _Lists]] = []


def words_of(text: str, app: str, base: Base) -> Vocabulary:
    """The vocabulary of a draft over the shared lists of its workspace."""
    newest = next((lists for known, lists in _newest if known is base), None)
    if newest is None:
        newest = _Lists(base.lists)
        _newest[:] = [(base, newest)]
    return vocabulary(text, app, newest)


def readable(text: str) -> tuple[Field, ...]:
    """The fields of a form.yaml for a command, which knows no lists of other files: options of dictionaries are not among them."""
    return vocabulary(text, "", _NONE).fields

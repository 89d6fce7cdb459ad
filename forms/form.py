"""The compiled form: what every page, validator and engine step reads. Made by the builder, stored in a Release."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal, dataclass_transform

import msgspec

from forms.texts import Text

#: What a field holds, and how it is written down in the answers (always JSON):
#:   text, textarea        str
#:   integer, number       int, float
#:   money                 int, cents
#:   date, datetime        str, "2026-11-23", "2026-11-23T09:00" (wall clock of the organisation)
#:   date-range            {"start": date, "end": date}, both days included
#:   half-day-range        {"start": date, "start_half": "am"|"pm", "end": date, "end_half": "am"|"pm"}
#:   choice, choices       str, list[str] of option values; where others may be named, the words themselves
#:   boolean               bool
#:   region                str, six digits of GB/T 2260
#:   time, month           str, "09:30", "2026-12"
#:   phone, email, id-card, credit-code, plate, disability-card, bank-card, postcode, link
#:                         str, normalised (no spaces, upper case letters), as `forms.formats.CODES` says
#:   rich-text             str, HTML with nothing in it but what `forms.rich` lets through
#:   note                  nothing: words and pictures for whoever fills in the form
#:   opinion               nothing: what the people of a step said, where the form wants it to stand
#:   person, department    str, an id of the organisation
#:   case                  str, the id of another case
#:   attachment, photo     list[str], ids of files that were uploaded for the field
#:   table                 list[dict[column name, value]]
#:   group                 dict[name, value]
Kind = Literal[
    "text", "textarea", "integer", "number", "money", "date", "datetime", "date-range", "half-day-range",
    "choice", "choices", "boolean", "region", "phone", "email", "id-card", "credit-code", "plate",
    "person", "department", "case", "attachment", "photo", "table", "group",
    "time", "month", "disability-card", "bank-card", "postcode", "link", "rich-text", "note",
    "opinion",
]  # fmt: skip

#: what one answer holds at most, whatever its form allows: code points of a text, rows of a table
LONGEST_TEXT, MOST_ROWS = 10_000, 500

#: kinds that hold fields of their own
HOLDERS: frozenset[Kind] = frozenset({"table", "group"})
#: kinds that hold no answer of their own
SILENT: frozenset[Kind] = frozenset({"note", "opinion"})
#: kinds that hold files
FILES: frozenset[Kind] = frozenset({"attachment", "photo"})
#: kinds that hold several values of one sort, which the browser sends one by one
LISTS: frozenset[Kind] = frozenset({"attachment", "photo", "choices"})

Sensitive = Literal["phone", "id-card", "name", "text"]


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Frozen(msgspec.StructMeta):
    """Tells type checkers what each subclass of Struct is: msgspec hands `frozen` down, but checkers read it class by class."""


class Struct(msgspec.Struct, metaclass=Frozen, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Frozen data that is stored as JSON; reading it back checks every type."""


class Option(Struct):
    """One choice of a field."""

    value: str
    title: Text
    #: offered only while the field that its field is `under` has this answer
    parent: str | None = None
    #: CEL, bool: offered only while it holds; not yet known counts as not offered
    visible: str | None = None
    #: of a dictionary: what else is known of it, as people would type it, for lookups to take
    gives: dict[str, str | int | float | bool] = {}


class Lookup(Struct):
    """Where an answer is taken from before anybody types one. What is found is typed in, and may be changed."""

    #: person, department: of the applicant; mine: of their newest case of an app; dictionary: of the option that is chosen;
    #: view: of the case of another app that has the same key; source: of a system outside that administrators have declared
    of: Literal["person", "department", "mine", "dictionary", "view", "source"]
    #: which part of what is found: of a person "phone", of a case the name of a field, of a source the JSON pointer (RFC 6901)
    take: str
    #: of mine the app, of a view "app/view", else the id; of a person and a department nothing
    name: str = ""
    #: what it is called, for the words beside the field
    title: Text | None = None
    #: by what it is looked up: the name that is sent (of a view its key) to the field beside this one that has it
    by: dict[str, str] = {}


class Image(Struct):
    """A picture that stands in a form, from the folder of its app."""

    #: the app, of whose pages it is a part
    app: str
    #: hexadecimal, of ``data``
    digest: str
    media: str
    width: int
    height: int
    #: what it shows, for those who do not see it
    alt: Text
    data: bytes


class Later(Struct):
    """A file that may be handed in after the application, by a day that the applicant promises."""

    #: the field that holds that day
    promise: str
    #: the step that is not passed without the file; "end": the case is not approved without it; None: nothing waits for it
    before: str | None = None


class Field(Struct):
    """One question of a form."""

    name: str
    kind: Kind
    title: Text
    #: shown under the question
    help: Text | None = None
    placeholder: Text | None = None
    #: for choice and choices
    options: tuple[Option, ...] = ()
    #: the field whose answer says which options there are, by their `parent`: one beside it, in the same row or group
    under: str | None = None
    #: something else than the options may be named
    other: bool = False
    #: of a boolean: yes is the only answer there is
    promise: bool = False
    #: asked for while visible
    required: bool = False
    #: CEL, bool; not yet known counts as hidden
    visible: str | None = None
    #: CEL, bool: required while it holds; not yet known counts as optional
    required_if: str | None = None
    #: CEL, bool: whoever fills in the form cannot change the answer while it holds
    readonly: str | None = None
    #: CEL: the answer is calculated by the server and never taken from the browser
    compute: str | None = None
    default: Any = None
    #: CEL over ``applicant`` and ``today``: what a new form begins with
    default_from: str | None = None
    lookup: Lookup | None = None
    #: masked wherever it is shown, except to who fills it in
    sensitive: Sensitive | None = None
    #: "radio", "select", "textarea" …: a hint for the page
    widget: str | None = None
    #: shown after the value: 天, 份, 公里
    unit: Text | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    #: columns of a table, fields of a group. Their expressions see ``row``: the row, or the group, that they stand in
    fields: tuple["Field", ...] = ()
    #: of a table and a group: rules over each row. ``field`` is one of ``fields``
    checks: tuple["Check", ...] = ()
    #: of a column of figures: its sum stands below the table
    total: bool = False
    min_items: int | None = None
    max_items: int | None = None
    #: of a case: the apps whose cases may be chosen; (): any
    apps: tuple[str, ...] = ()
    #: of a file: what it may be ("pdf", "picture" …); none: everything that is known
    types: tuple[str, ...] = ()
    #: of a file: bytes at most
    max_bytes: int | None = None
    later: Later | None = None
    #: of an opinion: whose
    step: str | None = None
    #: of a note
    image: Image | None = None


class Section(Struct):
    """A titled group of fields on the page, in the order of reading."""

    title: Text
    fields: tuple[str, ...]
    columns: Literal[1, 2] = 1
    #: CEL, bool: hides all its fields while it does not hold
    visible: str | None = None


class Check(Struct):
    """A rule across fields: ``that`` must hold (or be not yet known), else ``message`` stands at ``field``."""

    #: CEL, bool
    that: str
    message: Text
    field: str


class Across(Struct):
    """A rule across the open and approved cases of an app. Paths are "field", or "table.column" for each row."""

    #: unique: no two have the same ``of``; no_overlap: the times ``of`` do not meet; sum: ``of``, added up over ``days`` days, is ``at_most``
    rule: Literal["unique", "no_overlap", "sum"]
    of: tuple[str, ...]
    message: Text
    #: only cases that have the same here meet
    same: tuple[str, ...] = ()
    days: int | None = None
    at_most: float | None = None


class Form(Struct):
    """All fields in the order of the sections."""

    fields: tuple[Field, ...]
    sections: tuple[Section, ...]
    checks: tuple[Check, ...] = ()
    across: tuple[Across, ...] = ()
    #: the JSON Schema 2020-12 of complete answers, `std` references resolved, x- keywords dropped, nothing `required`
    #: (what is required depends on what is visible). Validated by jsonschema-rs.
    schema: dict[str, Any] = {}

    def field(self, name: str) -> Field:
        """The field called ``name``; KeyError when there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def walk(self) -> Iterator[Field]:
        """Every field, each followed by those it holds."""
        return walk(self.fields)


def walk(fields: Iterable[Field]) -> Iterator[Field]:
    """``fields``, each followed by those it holds."""
    for field in fields:
        yield field
        yield from walk(field.fields)

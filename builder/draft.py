"""A definition while it is being checked: what could be read of it, so that a broken piece hides nothing elsewhere."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from builder.nodes import Mapping, Node, Path, Scalar, mapping
from builder.problems import Problems
from forms.expressions import Expression
from forms.form import Field, Option
from workflows.people import Organisation


@dataclass(slots=True)
class FieldDraft:
    """A field, a column of a table or a field of a group. ``field`` is None where its definition has problems."""

    name: str
    key: Scalar
    node: Node
    field: Field | None = None
    columns: dict[str, "FieldDraft"] = dataclasses.field(default_factory=dict[str, "FieldDraft"])

    def get(self, key: str) -> Node | None:
        return self.node.get(key) if isinstance(self.node, Mapping) else None

    @property
    def inner(self) -> Mapping | None:
        """Where ``properties``, ``required`` and ``x-checks`` of what it holds are written: a group's own, or a table's items."""
        return self.node if isinstance(self.node, Mapping) and "properties" in self.node.entries else mapping(self.get("items"))

    @property
    def computed(self) -> bool:
        return self.get("x-compute") is not None


@dataclass(slots=True)
class FormDraft:
    """form.yaml."""

    root: Mapping
    #: paths that do not have their shape
    broken: frozenset[Path]
    fields: dict[str, FieldDraft] = dataclasses.field(default_factory=dict[str, FieldDraft])
    required: frozenset[str] = frozenset()

    def whole(self) -> list[Field]:
        """The fields that could be read."""
        return [draft.field for draft in self.fields.values() if draft.field is not None]

    def walk(self) -> Iterator[tuple[str, FieldDraft]]:
        """Every field by its path ("items", "items.price"), each followed by those it holds."""
        yield from _walk(self.fields, "")


def _walk(fields: dict[str, FieldDraft], within: str) -> Iterator[tuple[str, FieldDraft]]:
    for name, field in fields.items():
        yield within + name, field
        yield from _walk(field.columns, f"{within}{name}.")


@dataclass(slots=True, eq=False)
class Block:
    """A list of steps: the flow itself, a case of a branch, or a lane of a parallel."""

    kind: str
    parent: "Block | None" = None

    def up(self) -> Iterator["Block"]:
        """The block itself and those around it, from the inside out."""
        at: Block | None = self
        while at is not None:
            yield at
            at = at.parent

    def within_parallel(self) -> bool:
        return any(block.kind == "lane" for block in self.up())


@dataclass(slots=True, eq=False)
class StepDraft:
    """One step, with the block that holds it and its place in there."""

    id: str
    kind: str
    id_node: Node
    node: Mapping
    block: Block
    index: int

    @property
    def human(self) -> bool:
        return self.kind in ("approve", "handle")


@dataclass(slots=True)
class FlowDraft:
    """flow.yaml."""

    root: Mapping
    broken: frozenset[Path]
    #: every step that has a kind, in the order of the file; of two with the same id both
    steps: list[StepDraft] = dataclasses.field(default_factory=list[StepDraft])

    def step(self, id: str) -> StepDraft | None:
        return next((step for step in self.steps if step.id == id), None)


#: what an expression is for
Purpose = Literal[
    "compute",
    "visible",
    "required",
    "readonly",
    "default",
    "offer",
    "check",
    "start",
    "nobody",
    "who",
    "action",
    "escalate",
    "when",
    "until",
    "set",
    "input",
]


@dataclass(slots=True, eq=False)
class Formula:
    """An expression where it stands."""

    purpose: Purpose
    node: Scalar
    #: of compute, visible, required, readonly, default, offer and set: the path of the field; of what a step says: the step
    owner: str
    #: None where it has problems, which are said
    expression: Expression | None
    #: the conditions of the branches around it, each with whether it held: a step knows what led to it
    given: tuple[tuple["Formula", bool], ...] = ()


@dataclass(slots=True)
class AppDraft:
    """Everything about one app. A part is None when its file is not there or could not be read at all."""

    #: the name of the folder
    id: str
    problems: Problems
    #: None: nothing is known about people, names are not checked
    organisation: Organisation | None
    dictionaries: dict[str, tuple[Option, ...]]
    app: Mapping | None = None
    form: FormDraft | None = None
    flow: FlowDraft | None = None
    english: Mapping | None = None
    #: the pictures of the app by the name of the file
    pictures: dict[str, bytes] = dataclasses.field(default_factory=dict[str, bytes])
    #: print templates by id, each file's own shape being right
    prints: dict[str, Mapping] = dataclasses.field(default_factory=dict[str, Mapping])
    #: a print template could not be read
    prints_broken: bool = False
    #: every expression, in the order of the files
    formulas: list[Formula] = dataclasses.field(default_factory=list[Formula])

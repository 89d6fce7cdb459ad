"""How a case looks on paper: the compiled print templates of an app, blocks from top to bottom."""

from typing import Literal

from forms.form import Struct
from forms.texts import Text

#: what braces may name besides a field: facts of the case and of its applicant
FACTS = (
    "case.number", "case.subject", "case.submitted", "case.ended", "case.outcome", "case.organisation", "case.today",
    "applicant.name", "applicant.department", "applicant.post",
)  # fmt: skip


class Fields(Struct, tag="fields", tag_field="block"):
    """Answers as label and words, so many pairs in a line."""

    names: tuple[str, ...]
    across: Literal[1, 2, 3] = 2
    heading: Text | None = None


class Rows(Struct, tag="table", tag_field="block"):
    """The rows of a table field."""

    name: str
    #: columns in this order; none: all of them
    columns: tuple[str, ...] = ()
    heading: Text | None = None


class Opinions(Struct, tag="opinions", tag_field="block"):
    """What the people of these steps said in the last round: opinion, signature, day."""

    steps: tuple[str, ...]
    heading: Text | None = None


class Words(Struct, tag="text", tag_field="block"):
    """A paragraph; braces name a field, the first or last day of a range, the capital figures of an amount, or one of FACTS."""

    text: Text
    align: Literal["left", "center", "right"] = "left"
    #: begins two characters further in, as paragraphs of a letter do
    indent: bool = False


class Record(Struct, tag="record", tag_field="block"):
    """Everything that happened, as the page of the case tells it."""

    heading: Text


class Files(Struct, tag="attachments", tag_field="block"):
    """The list of what is attached: name, size, digest."""

    heading: Text


class Code(Struct, tag="qr", tag_field="block"):
    """A QR code that leads to the case, with words below it."""

    caption: Text


Block = Fields | Rows | Opinions | Words | Record | Files | Code


class Print(Struct):
    """One print template."""

    id: str
    #: with braces, as Words
    title: Text
    blocks: tuple[Block, ...]
    paper: Literal["A3", "A4", "A5"] = "A4"
    landscape: bool = False
    #: document: margins, type and lines of GB/T 9704; form: narrow margins and a grid
    look: Literal["document", "form"] = "form"

"""A problem in the text of one expression, before anyone knows in which file the expression stands."""

from typing import NamedTuple

from forms.texts import Text


class Problem(NamedTuple):
    """What is wrong and where: line and column from 1, columns and length in code points."""

    line: int
    column: int
    length: int
    code: str
    message: Text
    #: what may stand there, where it can be listed
    allowed: tuple[str, ...] = ()
    #: which of ``allowed`` was probably meant; ``message`` says so
    meant: str | None = None
    #: what is to stand where, in the same line, if it can only be meant so: column, length, text
    instead: tuple[int, int, str] | None = None

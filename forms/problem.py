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

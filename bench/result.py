"""What a measurement comes to."""

from typing import NamedTuple


class Result(NamedTuple):
    """One figure: a ratio to a reference of the same run, unless its unit says otherwise."""

    value: float
    unit: str
    reference: str

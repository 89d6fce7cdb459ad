"""What all facts of a case have in common."""

from forms.form import Struct


class Fact(Struct, tag_field="kind"):
    """What happened. One class for each kind."""

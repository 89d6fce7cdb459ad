"""What an expression over people names: references that a directory resolves later, so that expressions stay pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

ReferenceKind = Literal["user", "role", "post", "department", "head_of", "heads_of", "deputy_of"]
#: separates the parts while a reference is a CEL string; no answer can hold it, as `pack` sees to
_SEPARATOR = "\x1f"


class Reference(NamedTuple):
    """Some people, by what they are: a user, those with a role or a post (in ``department``), the members, head or deputies of one;
    heads_of: the heads from one upwards, where ``department`` is the number of levels, or the role at which the chain ends.
    """

    kind: ReferenceKind
    id: str
    department: str | None = None


def pack(kind: ReferenceKind, id: str, department: str | None = None) -> str:
    """A reference as a CEL string."""
    if _SEPARATOR in id or (department and _SEPARATOR in department):
        raise ValueError(f"not an id: {id!r}")
    return _SEPARATOR.join((kind, id) if department is None else (kind, id, department))


def references(value: Any) -> tuple[Reference, ...]:
    """What an expression that wants people evaluated to, in the order written, each once."""
    if isinstance(value, Mapping):
        return (Reference("user", cast(Mapping[str, str], value)["id"]),)
    listed = cast(Sequence[str | Sequence[str]], value)
    # people for every row of a table are a list of such lists
    packed = [item for part in listed for item in ([part] if isinstance(part, str) else part)]
    found = [Reference(cast(ReferenceKind, parts[0]), *parts[1:]) for item in packed if len(parts := item.split(_SEPARATOR)) in (2, 3)]
    return tuple(dict.fromkeys(found))

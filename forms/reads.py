"""Which answers an expression reads, down to a column of a table or a field of a group.

A path is "days", "home.city", "items.price" (of every row). ``items.*`` is everything in it: the rows or the group as a whole.
"""

from collections.abc import Iterator, Mapping

from forms import syntax
from forms.form import HOLDERS, Field
from forms.syntax import Call, Each, Member, Name, Node

WHOLE = ".*"


def paths(tree: Node, fields: Mapping[str, Field], row: str | None = None) -> frozenset[str]:
    """What ``tree`` reads of ``fields``; ``row``: the path of the table or group that ``row`` means a row of."""
    known: dict[str, str] = {} if row is None else {"row": row}
    return frozenset(_read(tree, known, fields))


def field_at(fields: Mapping[str, Field], path: str) -> Field | None:
    """The field at ``path``."""
    name, _, rest = path.partition(".")
    field = fields.get(name)
    return field_at({inner.name: inner for inner in field.fields}, rest) if field and rest else field


def _read(node: Node, known: Mapping[str, str], fields: Mapping[str, Field]) -> Iterator[str]:
    if (path := _path(node, known, fields)) is not None:
        field = field_at(fields, path)
        yield path
        if field is not None and field.kind in HOLDERS:
            yield path + WHOLE
        # an index, or the table that a filter goes over, has expressions of its own
        yield from _beside(node, known, fields)
    elif isinstance(node, Member) and isinstance(node.of, Name) and node.of.name == "answered":
        if node.name in fields:
            yield node.name
            if fields[node.name].kind in HOLDERS:
                yield node.name + WHOLE
    elif isinstance(node, Call) and node.function == "size" and (path := _path(node.args[0], known, fields)) is not None:
        yield path
        yield from _beside(node.args[0], known, fields)
    elif isinstance(node, Each):
        yield from _each(node, known, fields)
    else:
        for child in syntax.children(node):
            yield from _read(child, known, fields)


def _each(node: Each, known: Mapping[str, str], fields: Mapping[str, Field]) -> Iterator[str]:
    over = _path(node.over, known, fields)
    if over is None:
        yield from _read(node.over, known, fields)
    else:
        yield over
        yield from _beside(node.over, known, fields)
    inner = {name: path for name, path in known.items() if name != node.variable} | ({node.variable: over} if over else {})
    for part in (node.condition, node.result):
        if part is not None:
            yield from _read(part, inner, fields)


def _path(node: Node, known: Mapping[str, str], fields: Mapping[str, Field]) -> str | None:
    """The path that ``node`` stands for, if it is nothing but a way to one."""
    match node:
        case Name(name=name):
            return known.get(name, name if name in fields else None)
        case Member(of=of, name=name):
            path = _path(of, known, fields)
            field = field_at(fields, path) if path is not None else None
            if field is None or field.kind not in HOLDERS:
                # a part of a leaf, such as the end of a range, is read with it
                return path
            return f"{path}.{name}"
        case Call(function="_[_]", args=(of, _)) | Each(macro="filter", over=of):
            return _path(of, known, fields)
        case _:
            return None


def _beside(node: Node, known: Mapping[str, str], fields: Mapping[str, Field]) -> Iterator[str]:
    """What is read on the way that ``node`` goes."""
    match node:
        case Member(of=of):
            yield from _beside(of, known, fields)
        case Call(function="_[_]", args=(of, at)):
            yield from _beside(of, known, fields)
            yield from _read(at, known, fields)
        case Each(macro="filter"):
            yield from _each(node, known, fields)
        case _:
            pass

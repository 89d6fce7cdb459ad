"""In which order rules are looked at: each after those that it needs, and none needs itself."""

from collections.abc import Iterable, Mapping

from forms.reads import WHOLE


def cycle(reads: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Names that read each other in a circle, the first again at the end; empty where there is none."""
    done: set[str] = set()
    for start in reads:
        path: dict[str, None] = {}
        todo: list[tuple[str, bool]] = [(start, False)]
        while todo:
            name, leaving = todo.pop()
            if leaving:
                del path[name]
                done.add(name)
            elif name in path:
                names = list(path)
                return (*names[names.index(name) :], name)
            elif name not in done:
                path[name] = None
                todo.append((name, True))
                todo += [(other, False) for other in sorted(reads.get(name, ()), reverse=True) if other in reads]
    return ()


def needs(reads: Mapping[str, Iterable[str]], gates: Mapping[str, str] | None = None) -> dict[str, frozenset[str]]:
    """Rules by path, each with the rules it needs. ``reads``: what each reads, as paths of `forms.reads`.

    What is read needs what holds it, as that may be hidden; and so does a field that stands in something. ``gates``: the
    section of each field, by the names of their rules.
    """
    above = gates or {}

    def around(path: str) -> Iterable[str]:
        parts = path.split(".")
        yield from (".".join(parts[:end]) for end in range(1, len(parts)))
        if parts[0] in above:
            yield above[parts[0]]

    def found(path: str) -> Iterable[str]:
        if path.endswith(WHOLE):
            yield from (other for other in reads if other.startswith(path[:-1]))
        else:
            yield path
            yield from around(path)

    return {
        path: frozenset(other for part in (*map(found, read), around(path)) for other in part if other in reads)
        for path, read in reads.items()
    }


def ordered(needed: Mapping[str, Iterable[str]], places: Mapping[str, int]) -> list[str]:
    """The rules so that each comes after those it needs, which are without circles; by ``places`` otherwise."""
    done: dict[str, None] = {}
    for start in sorted(needed, key=places.__getitem__):
        todo = [start]
        while todo:
            path = todo[-1]
            missing = [other for other in needed[path] if other not in done]
            if missing:
                todo.append(min(missing, key=places.__getitem__))
            else:
                done[todo.pop()] = None
    return list(done)

"""A command at work on the texts of an app: it reads them as a tree, changes them, and leaves patches and what it touched behind."""

from typing import Any, NoReturn

from builder import nodes
from builder.designing import text as texts
from builder.designing.changes import Change, Copy, Insert, Move, Remove, Rename, Set
from builder.designing.layout import Layout, Refused
from builder.designing.text import Patch, Texts
from builder.nodes import Mapping, Node, Path, Scalar, Sequence
from forms.texts import Text

#: a place by names that stay when others come before it: the file, keys, and of items what they are called
Address = tuple[str, ...]

APP, FORM, FLOW, ENGLISH = "app.yaml", "form.yaml", "flow.yaml", "i18n/en.yaml"


class Work:
    """The texts of one app by their path in its folder, while one command changes them. Its methods raise Refused."""

    def __init__(self, before: Texts) -> None:
        self.texts = dict(before)
        self.patches: list[Patch] = []
        self.touched: list[Address] = []
        #: what stands selected afterwards, where a command says so: "field:budget", "step:finance"
        self.selected: str | None = None

    # --- reading ---

    def layout(self, file: str) -> Layout:
        """The file as a tree with places."""
        return texts.layout(self.texts.get(file, ""), file)

    def root(self, file: str) -> Node:
        return self.layout(file).root

    def node(self, file: str, path: Path) -> Node:
        return self.layout(file).node(path)

    def data(self, file: str, path: Path = ()) -> Any:
        """The plain value at ``path``; None where there is nothing."""
        if file not in self.texts:
            return None
        node = self.root(file)
        for part in path:
            if isinstance(node, Mapping) and str(part) in node.entries:
                node = node.entries[str(part)].value
            elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
                node = node.items[part]
            else:
                return None
        return nodes.data(node)

    def has(self, file: str, path: Path = ()) -> bool:
        if file not in self.texts:
            return False
        try:
            self.node(file, path)
        except Refused:
            return False
        return True

    # --- changing ---

    def set(self, file: str, path: Path, value: Any) -> None:
        """``path`` says ``value``; mappings on the way that are missing come into being. The same value again changes nothing."""
        for depth in range(1, len(path)):
            if not self.has(file, path[:depth]) or self.data(file, path[:depth]) is None:
                for part in reversed(path[depth:]):
                    value = {part: value}
                path = path[:depth]
                break
        if self.has(file, path) and texts.same(self.data(file, path), value):
            return
        self._change(file, Set(path, value), path)

    def clear(self, file: str, path: Path) -> None:
        """What stands at ``path`` goes; nothing happens where nothing stands."""
        if self.has(file, path):
            self.remove(file, path)

    def put(self, file: str, path: Path, value: Any) -> None:
        """`set`, or `clear` where ``value`` is None."""
        if value is None:
            self.clear(file, path)
        else:
            self.set(file, path, value)

    def remove(self, file: str, path: Path) -> None:
        self.node(file, path)
        self._change(file, Remove(path), path)

    def rename(self, file: str, path: Path, new: str) -> None:
        """The key at ``path`` is called ``new``."""
        self._change(file, Rename(path, new), path)
        self.touched.append(self.address(file, (*path[:-1], new)))

    def insert(self, file: str, path: Path, value: Any, *, at: int | None = None, key: str | None = None, spread: bool = False) -> None:
        """``value`` comes into the collection at ``path`` (which is made if it is not there), last if ``at`` does not say where.
        ``spread``: one line for each of its parts, however short.
        """
        if not self.has(file, path):
            self.set(file, path, {} if key is not None else [])
        there = self.data(file, path)
        place = len(there or ()) if at is None else max(0, min(at, len(there or ())))
        change = Insert(path, place, value, key, spread=spread)
        self._do(file, change)
        self.touched.append(self.address(file, (*path, key if key is not None else place)))

    def move(self, file: str, path: Path, to: int) -> None:
        """The item at ``path`` becomes item ``to`` of its collection."""
        last = len(self.data(file, path[:-1]) or ()) - 1
        self._change(file, Move(path, max(0, min(to, last))), path)

    def copy(self, file: str, path: Path, into: Path, *, at: int | None = None, key: str | None = None) -> None:
        """The item at ``path`` with its comments once more, in the collection at ``into``."""
        place = len(self.data(file, into) or ()) if at is None else at
        self._do(file, Copy(path, into, place, key))
        self.touched.append(self.address(file, (*into, key if key is not None else place)))

    def transfer(self, file: str, path: Path, into: Path, at: int | None = None) -> None:
        """The item at ``path`` moves, with its comments, to item ``at`` of another collection: a step into a branch and out again.
        Path and place are those before the change.
        """
        if into[: len(path)] == path:
            self.refuse("不能移到自己里面", "Nothing moves into itself")
        if into == path[:-1]:
            place = len(self.data(file, into) or ()) if at is None else at
            self.move(file, path, place - 1 if isinstance(path[-1], int) and place > path[-1] else place)
            return
        key = path[-1] if isinstance(path[-1], str) else None
        self.touched.append(self.address(file, path))
        self.copy(file, path, into, at=at, key=key)
        # the copy may have come before it in the list it goes away from
        place = len(self.data(file, into)) - 1 if at is None else at
        after = _shifted(path, into, place) if key is None else path
        self._do(file, Remove(after))

    def create(self, file: str, text: str) -> None:
        """A new file."""
        if file in self.texts:
            self.refuse(f"已经有 {file}", f"There is {file} already")
        self.texts[file] = text
        self.patches.append(Patch(file, 0, None, text))
        self.touched.append((file,))

    def delete(self, file: str) -> None:
        """A file goes."""
        self.patches.append(Patch(file, 0, self.texts.pop(file), None))
        self.touched.append((file,))

    def write(self, file: str, text: str) -> None:
        """The whole file says ``text``; what is equal at both ends counts as left alone."""
        if file not in self.texts:
            self.create(file, text)
            return
        made = texts.between(file, self.texts[file], text)
        self.patches += made
        self.texts[file] = text
        if made:
            self.touched.append((file,))

    def refuse(self, zh: str, en: str) -> NoReturn:
        """The command cannot be done. Nothing of it is kept."""
        raise Refused({"zh": zh, "en": en})

    # --- places ---

    def address(self, file: str, path: Path) -> Address:
        """``path`` by names: an item of a list is called by what it says, so that it keeps its name when others come before it."""
        found = [file]
        node: Node | None = self.root(file) if file in self.texts else None
        for part in path:
            if isinstance(node, Mapping) and isinstance(part, str):
                entry = node.entries.get(part)
                found.append(part)
                node = entry.value if entry else None
            elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
                node = node.items[part]
                found.append(called(node, part))
            else:
                found.append(str(part))
                node = None
        return tuple(found)

    def find(self, address: Address) -> Path | None:
        """The path of an address as the texts are now; None where there is no such thing any more."""
        if not address or address[0] not in self.texts:
            return None
        node, found = self.root(address[0]), list[str | int]()
        for name in address[1:]:
            if isinstance(node, Mapping) and name in node.entries:
                node = node.entries[name].value
                found.append(name)
            elif (
                isinstance(node, Sequence)
                and (at := next((n for n, item in enumerate(node.items) if called(item, n) == name), None)) is not None
            ):
                node = node.items[at]
                found.append(at)
            else:
                return None
        return tuple(found)

    def _change(self, file: str, change: Change, path: Path) -> None:
        self.touched.append(self.address(file, path))
        self._do(file, change)

    def _do(self, file: str, change: Change) -> None:
        if file not in self.texts:
            self.refuse(f"没有文件 {file}", f"There is no file {file}")
        self.texts[file], made = texts.changed(file, self.texts[file], change)
        self.patches += made


def called(node: Node, number: int) -> str:
    """What an item of a list is called: a scalar by its text, a step, case or option by its first entry."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping) and node.entries:
        key, value = next(iter(node.items()))
        if isinstance(value, Scalar):
            return f"{key}={value.text}"
    return f"#{number}"


def _shifted(path: Path, into: Path, place: int) -> Path:
    """``path`` after something came in at ``place`` of the list ``into``."""
    depth = len(into)
    if path[:depth] == into and len(path) > depth and isinstance(at := path[depth], int) and at >= place:
        return (*path[:depth], at + 1, *path[depth + 1 :])
    return path


def quoted(text: Text | str, language: str) -> str:
    """Something by its title within a sentence."""
    words = text if isinstance(text, str) else text.get(language) or text.get("zh") or ""
    return f"“{words}”"

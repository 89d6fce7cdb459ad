"""Ids that were declared, each with the place, so that the second of two equal ones can name the first."""

from builder.nodes import Node, Scalar
from builder.problems import Problems
from forms.texts import Text


class Registry:
    """The ids of one kind of thing."""

    def __init__(self, kind: Text, code: str) -> None:
        #: 部门, department
        self.kind = kind
        #: what an unknown one is called: "unknown-department"
        self.code = code
        self.places: dict[str, Node] = {}

    def declare(self, node: Node | None, problems: Problems) -> str | None:
        """The id that ``node`` declares; None when it is not one or has been declared before."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return None
        first = self.places.get(node.value)
        if first is not None:
            problems.add(
                node,
                "duplicate-id",
                f"{self.kind['zh']}“{node.value}”已经有了",
                f"There is already a {self.kind['en']} “{node.value}”",
                related=[(first, {"zh": "第一次写在这里", "en": "first written here"})],
            )
            return None
        self.places[node.value] = node
        return node.value

    def refer(self, node: Node | None, problems: Problems) -> str | None:
        """The id that ``node`` refers to; None, and a problem, when nothing is called so."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return None
        if node.value in self.places:
            return node.value
        problems.add(
            node, self.code, f"没有{self.kind['zh']}“{node.value}”", f"There is no {self.kind['en']} “{node.value}”", among=self.places
        )
        return None

"""bad-pattern: a regular expression runs in linear time whatever is typed, so look-around and back references are refused."""

from collections.abc import Iterator

import jsonschema_rs

from builder.draft import AppDraft, FieldDraft
from builder.nodes import Node, words

#: bytes of a compiled pattern; an ordinary one has a few thousand
SIZE = 200_000


def check(draft: AppDraft) -> None:
    for node in written(list(draft.form.fields.values()) if draft.form else []):
        try:
            jsonschema_rs.Draft202012Validator({"pattern": words(node)}, pattern_options=jsonschema_rs.RegexOptions(size_limit=SIZE))
        except (jsonschema_rs.ValidationError, ValueError):
            draft.problems.add(
                node,
                "bad-pattern",
                "这个正则表达式不能用：写法有误、太大，或用了环视 (?=…)、反向引用 \\1",
                "This pattern cannot be used: it is malformed, too large, or has look-around (?=…) or back references \\1",
            )


def written(fields: list[FieldDraft]) -> Iterator[Node]:
    for field in fields:
        if (node := field.get("pattern")) and words(node) is not None:
            yield node
        yield from written(list(field.columns.values()))

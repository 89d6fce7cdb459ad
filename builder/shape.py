"""Holds a file against its JSON Schema and says every difference in plain words, at its place.

The schemas of `builder/schema` are the ones editors use. jsonschema-rs answers first, since nearly every file is right; only
then jsonschema looks for what is wrong. Nothing is ever fetched.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, cast

import jsonschema_rs
from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry

from builder import fixes, slips, words
from builder.nodes import Mapping, Mark, Node, Path, Scalar, data, find
from builder.problems import Problems
from forms.diagnostics import Fix
from forms.texts import Text

type_words = words.KINDS


@cache
def schema(name: str) -> dict[str, Any]:
    """The published schema called ``name``: app, form, flow, org, calendar, dictionary, i18n, scenario or std."""
    return json.loads(files("builder").joinpath(f"schema/{name}.json").read_text("utf-8"))


@cache
def _quick(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema(name))


def _in_order(validator: Any, rule: Any, instance: Any, schema: dict[str, Any]) -> Iterator[ValidationError]:
    """``additionalProperties`` in the order of the file: jsonschema takes them from a set, in another order each time."""
    known: dict[str, Any] = schema.get("properties", {})
    whole = cast(dict[str, Any], instance) if isinstance(instance, dict) else {}
    extras = [name for name in whole if name not in known]
    if rule is False and extras:
        yield ValidationError("unknown keys")
    elif isinstance(rule, dict):
        for name in extras:
            yield from validator.descend(whole[name], rule, path=name)


#: the schemas have no patternProperties, which this would have to know of too
_Ordered = cast(Any, validators).extend(Draft202012Validator, {"additionalProperties": _in_order})


@cache
def _thorough(name: str) -> Draft202012Validator:
    return _Ordered(schema(name), registry=Registry[Any]())


#: differences that are said of one file; whoever has more has something other than a definition, and is told of the first few
MOST, FEW = 300, 10
#: among the paths that are not as they must be: there are more of them, and nothing of the file can be relied on
HOPELESS: Path = ("…",)


def check(root: Node, name: str, problems: Problems) -> frozenset[Path]:
    """Adds every problem of shape; the answer is the paths that are not as they must be."""
    value = data(root)
    if _quick(name).is_valid(value):
        return frozenset()
    broken: set[Path] = set()
    said: set[tuple[Path, str]] = set()
    # jsonschema has no type hints for its errors' paths
    errors = cast(Iterator[ValidationError], cast(Any, _thorough(name)).iter_errors(value))
    found = list(islice(errors, MOST + 1))
    if len(found) > MOST:
        broken.add(HOPELESS)
        problems.add(
            root,
            "too-many-problems",
            f"问题太多（超过 {MOST} 处），只列出 {FEW} 处，改好以后再检查",
            f"Too many problems (more than {MOST}): {FEW} are listed, check again once they are put right",
        )
        found = sorted(found, key=lambda e: find(root, tuple(e.absolute_path)).start)[:FEW]
    for error in sorted(found, key=lambda e: RANK.get(str(e.validator), 2)):
        path: Path = tuple(error.absolute_path)
        broken.add(path)
        difference(root, path, error, said, problems)
    return frozenset(broken)


#: unknown keys come first, so that a missing key that is only misspelt is not said twice
RANK = {"additionalProperties": 0, "required": 1}


def difference(root: Node, path: Path, error: ValidationError, said: set[tuple[Path, str]], problems: Problems) -> None:
    """Says one violation."""
    node = find(root, path)
    rule = cast(dict[str, Any], error.schema)
    keyword = str(error.validator)
    if "propertyNames" in error.absolute_schema_path and isinstance(node, Mapping):
        node = node.key(str(error.instance))
    says: Text | None = rule.get("x-says")
    if keyword == "additionalProperties" and isinstance(node, Mapping):
        unknown_keys(node, path, rule, said, problems)
    elif keyword == "required" and isinstance(node, Mapping):
        missing_keys(node, path, error, said, problems)
    elif keyword in ("anyOf", "oneOf") and says:
        code = str(rule.get("x-code", "not-allowed"))
        keys = node.entries if isinstance(node, Mapping) else {}
        options = cast(list[dict[str, list[str]]], error.validator_value)
        wanted = [key for option in options for key in option.get("required", ())]
        misspelt = next((entry.key for key, entry in keys.items() if key not in wanted and words.guess(key, wanted)), None)
        problems.add(misspelt or node, code, says["zh"], _sentence(says["en"]), among=wanted if misspelt else None)
    elif keyword in ("enum", "const"):
        not_allowed(node, error, says, problems)
    elif keyword == "type" and says and (isinstance(error.instance, str) or error.validator_value == "null"):
        problems.add(node, "not-allowed", says["zh"], says["en"])
    elif keyword == "type":
        wrong_type(node, error, problems)
    elif keyword == "pattern" and says:
        there = words.found(error.instance)
        fix = rewritten(node, str(error.validator_value))
        problems.add(node, "bad-format", f"{says['zh']}；{there['zh']}", f"{_sentence(says['en'])}; {there['en']}", fix=fix)
    elif keyword in LIMITS:
        code, zh, en = LIMITS[keyword]
        problems.add(node, code, zh.format(error.validator_value), en.format(error.validator_value))
    else:
        raise AssertionError(f"a schema uses the keyword {keyword}, which has no words in builder/shape.py")


def rewritten(node: Node, pattern: str) -> Fix | None:
    """The same in the form it must have, where that is plain: 3天 is ``3 days``."""
    if not isinstance(node, Scalar) or node.style in ("|", ">") or "\n" in node.text:
        return None
    for text, sure in slips.forms(node.text):
        if re.search(pattern, text):
            return fixes.replace(node, fixes.scalar(text, node.style), f"写成 {text}", f"write {text}", sure=sure)
    return None


LIMITS = {
    "minLength": ("out-of-range", "不能是空的", "May not be empty"),
    "maxLength": ("out-of-range", "太长：最多 {} 个字", "Too long: {} characters at most"),
    "minimum": ("out-of-range", "太小：最小 {}", "Too small: {} at least"),
    "maximum": ("out-of-range", "太大：最大 {}", "Too large: {} at most"),
    "minItems": ("out-of-range", "至少要有 {} 项", "At least {} item(s)"),
    "maxItems": ("out-of-range", "太多：最多 {} 项", "Too many: {} items at most"),
    "minProperties": ("out-of-range", "至少要有 {} 项", "At least {} entry(ies)"),
    "maxProperties": ("out-of-range", "太多：最多 {} 项", "Too many: {} entries at most"),
}


def unknown_keys(node: Mapping, path: Path, rule: dict[str, Any], said: set[tuple[Path, str]], problems: Problems) -> None:
    allowed: dict[str, Any] = rule.get("properties", {})
    free = [key for key in allowed if key not in node.entries]
    for name, entry in node.entries.items():
        if name in allowed:
            continue
        best = words.guess(name, free)
        if best:
            said.add((path, best))
        problems.add(entry.key, "unknown-key", f"这里没有“{name}”这个键", f"Unknown key “{name}”", among=free)


def missing_keys(node: Mapping, path: Path, error: ValidationError, said: set[tuple[Path, str]], problems: Problems) -> None:
    for name in cast(list[str], error.validator_value):
        if name not in node.entries and (path, name) not in said:
            said.add((path, name))
            problems.add(node, "missing-key", f"缺少“{name}”", f"“{name}” is missing", fix=added(node, name))


def added(node: Mapping, name: str) -> Fix | None:
    """A key that has one value only."""
    if name != "language" or node.source.text[node.start : node.start + 1] == "{":
        return None
    at = Mark(node.source, node.start, node.start)
    return fixes.insert(at, "language: 1\n", "在最前面写 language: 1", "begin with language: 1")


def not_allowed(node: Node, error: ValidationError, says: Text | None, problems: Problems) -> None:
    there = words.found(error.instance)
    value = error.validator_value
    allowed = [str(v) for v in cast(list[Any], value)] if isinstance(value, list) else [json.dumps(value).strip('"')]
    zh = says["zh"] if says else f"只能是：{words.listed(allowed, 'zh')}"
    en = _sentence(says["en"]) if says else f"Only: {words.listed(allowed, 'en')}"
    problems.add(node, "not-allowed", f"{zh}；{there['zh']}", f"{en}; {there['en']}", among=allowed, listed=False)


def wrong_type(node: Node, error: ValidationError, problems: Problems) -> None:
    kind = type_words.get(str(error.validator_value), {"zh": str(error.validator_value), "en": str(error.validator_value)})
    there = words.found(error.instance)
    zh, en = f"这里应当是{kind['zh']}，{there['zh']}", f"Expected {kind['en']}; {there['en']}"
    fix = None
    if error.validator_value == "string" and isinstance(node, Scalar) and not node.style and error.instance is not None:
        zh, en = f"{zh}；若要文字，请加引号", f"{en}; quote it if it is text"
        fix = fixes.replace(node, f'"{node.text}"', f'加引号："{node.text}"', f'quote it: "{node.text}"')
    if error.validator_value == "object" and isinstance(node, Scalar) and "：" in node.text:
        zh, en = f"{zh}；冒号要用英文冒号加空格", f"{en}; use an ordinary colon and a space"
    problems.add(node, "wrong-type", zh, en, fix=fix)


def _sentence(words: str) -> str:
    """With a capital letter; the rest as it is, since there are names in it."""
    return words[:1].upper() + words[1:]

"""An app as files: what an import made, written as a designer would write it, and put where nothing stands yet."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Files = dict[str, str]


@dataclass(slots=True)
class Draft:
    """The content of an app that is being made of something else; ``english`` is empty where its titles have no English."""

    app: dict[str, Any]
    form: dict[str, Any]
    flow: dict[str, Any]
    english: dict[str, Any]
    #: a remark at the head of flow.yaml: where the app came from
    remark: str = ""
    #: the roles and people that the organisation must have
    roles: dict[str, str] = field(default_factory=dict[str, str])
    people: dict[str, str] = field(default_factory=dict[str, str])

    def files(self) -> Files:
        """The text of each file by its path."""
        return {
            "app.yaml": dump(self.app),
            "form.yaml": dump(self.form),
            "flow.yaml": "".join(f"# {line}\n" for line in self.remark.splitlines()) + dump(self.flow),
            **({"i18n/en.yaml": dump(self.english)} if self.english else {}),
        }


def put(files: Files, folder: Path) -> None:
    """Writes the files; ``folder`` is not there yet or is empty."""
    for name, text in files.items():
        at = folder / name
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_text(text, "utf-8", newline="\n")


class _Dumper(yaml.SafeDumper):
    """Small collections on one line, no anchors, lists set in as definitions are written here."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's signature
        super().increase_indent(flow, indentless=False)  # pyright: ignore[reportUnknownMemberType] - PyYAML has no types here


def _mapping(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=_small(data))  # pyright: ignore[reportUnknownMemberType]


def _sequence(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=_small(data))  # pyright: ignore[reportUnknownMemberType]


def _small(data: dict[str, Any] | list[Any]) -> bool:
    """Whether it holds only plain values and fits on a line."""
    values = list(data.values()) if isinstance(data, dict) else data
    return not any(isinstance(value, dict | list) for value in values) and len(str(data)) < 100


_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _sequence)


def dump(data: Any) -> str:
    """``data`` as YAML."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=130)


def head(id: str, title: str, english: str, owner: str, source: str) -> tuple[dict[str, Any], dict[str, str]]:
    """app.yaml of an imported app, and its English."""
    app = {
        "language": 1,
        "id": id,
        "title": title,
        "description": f"由 {source} 导入的流程；表单请按需要补充。",
        "owner": owner,
        "category": "导入",
        "icon": "file-text",
        "number": f"{id.partition('-')[0][:6].upper()}-{{date:%Y%m%d}}-{{seq:4}}",
        "subject": "{applicant.name} · {details}",
    }
    return app, {"title": english, "description": f"A flow imported from {source}; complete the form as needed.", "category": "Imported"}


#: what stands for a form until somebody writes one
DETAILS: dict[str, Any] = {"title": "申请内容", "type": "string", "maxLength": 500, "x-widget": "textarea"}


def form(fields: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """form.yaml with ``fields`` in one section."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        **({"required": required} if required else {}),
        "properties": fields,
        "x-layout": [{"section": "申请", "fields": list(fields)}],
    }

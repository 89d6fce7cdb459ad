"""Reads app.yaml: first its shape, in the end the App with its form and flow."""

from builder import flow_file, form_file, lookup_file, print_file, shape
from builder.draft import AppDraft
from builder.english import English
from builder.nodes import Mapping, Node, items, mapping, words
from workflows.app import App

#: an app without an icon of its own
ICON = "file-text"


def draft(root: Node, into: AppDraft) -> Mapping | None:
    """What app.yaml says, with the problems of its shape said."""
    broken = shape.check(root, "app", into.problems)
    return None if shape.HOPELESS in broken else mapping(root)


def build(draft: AppDraft) -> App:
    """The App of a draft without problems."""
    assert draft.app is not None
    assert draft.form is not None
    assert draft.flow is not None
    root, english = draft.app, English(draft.english)
    return App(
        id=draft.id,
        title=english.text(root.get("title"), "app", "title") or {"zh": draft.id},
        description=english.text(root.get("description"), "app", "description"),
        owner=words(root.get("owner")) or "",
        category=english.text(root.get("category"), "app", "category") or {"zh": ""},
        icon=words(root.get("icon")) or ICON,
        number=words(root.get("number")) or "",
        subject=words(root.get("subject")) or "",
        summary=tuple(name for item in items(root.get("summary")) if (name := words(item))),
        retention_years=_years(words(root.get("retention"))),
        form=form_file.build(draft.form, english),
        flow=flow_file.build(draft.flow, english),
        prints=print_file.build(draft.prints, english),
        views=lookup_file.views(draft),
    )


def _years(retention: str | None) -> int | None:
    """``10 years`` as a number; None is for ever."""
    number = (retention or "").partition(" ")[0]
    return int(number) if number.isdigit() else None

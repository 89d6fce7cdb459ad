"""The field of files on a page: what is there, and how to add more. Without a script a button sends the chosen files; with one they go by themselves."""

from collections.abc import Callable

from markupsafe import escape

from forms.form import Field
from forms.texts import say
from runtime.casework.parts import Frame, State
from runtime.casework.words import Words
from runtime.files import kinds, uploads
from runtime.files.cards import Card
from templates.environment import icon

#: files of a field that says nothing else
MOST = uploads.MOST_FILES


def hint(field: Field, language: str) -> str:
    """What the field takes, in words."""
    zh = language == "zh"
    most = field.max_items or MOST
    said = [kinds.listed(field.types, language)]
    if field.max_bytes:
        said.append(f"每个不超过 {uploads.words(field.max_bytes)}" if zh else f"{uploads.words(field.max_bytes)} each at most")
    said.append(f"最多 {most} 个" if zh else f"{most} at most")
    return ("；" if zh else "; ").join(said)


def writer(field: Field, words: Words, frame: Frame) -> Callable[[list[str], State], None]:
    """Writes the field into a page."""
    path, zh = frame.path, words.language == "zh"
    title = escape(say(field.title, words.language))
    most = field.max_items or MOST
    choose = ("拍照或选择照片" if zh else "Take or choose pictures") if field.kind == "photo" else ("选择文件" if zh else "Choose files")
    here = "或拖到这里" if zh else "or drop them here"
    accept = "image/*" if field.kind == "photo" else kinds.accept(field.types)
    send = "上传所选文件" if zh else "Upload what is chosen"
    drop = "删除" if zh else "Remove"
    told = escape(hint(field, words.language))
    button = 'hx-post="/drafts" hx-target="#fields" hx-swap="morph:outerHTML" formaction="/drafts" name="_action"'
    several = " multiple" if most > 1 else ""
    add = (
        f'<div class="row wrap drop" data-upload="{path}" data-stop="{drop}"><label for="{path}.file">{icon("paperclip")} {choose}<span class="sr"> {title}</span></label>'
        f'<span class="small muted js-only hide-m">{here}</span>'
        f'<input class="in grow" type="file" id="{path}.file" name="{path}.file"{several} accept="{accept}" aria-describedby="{path}-takes">'
        f'<noscript><button class="btn" formenctype="multipart/form-data" formaction="/drafts/files" name="_action" value="files">{send}'
        f'<span class="sr"> {title}</span></button></noscript></div><ul class="files" id="{path}-going" data-going></ul>'
    )
    takes = f'<p class="hint" id="{path}-takes">{told}</p>'

    def write(out: list[str], state: State) -> None:
        problem = state.problems.get(path)
        frame.head(out, state)
        out.append("</legend>")
        ids = [id for id in state.texts.get(path, "").split("\n") if id]
        if ids:
            # a morph tells the two lists apart by their ids: the one of what is coming in is the script's
            out.append(f'<ul class="files" id="{path}-kept">')
            out.extend(_line(path, id, state.files.get(id), button, drop, zh=zh) for id in ids)
            out.append("</ul>")
        if len(ids) < most:
            out.append(add)
        out.append(takes)
        frame.foot(out, problem)

    return write


def _line(path: str, id: str, card: Card | None, button: str, drop: str, *, zh: bool) -> str:
    key = escape(id)
    kept = f'<input type="hidden" name="{path}" value="{key}">'
    if card is None:
        words = "这个文件不在了" if zh else "This file is gone"
        return (
            f'<li class="row">{kept}{icon("alert-triangle")}<span class="grow">{words}</span>{_drop(path, key, button, drop, words)}</li>'
        )
    name = escape(card.name)
    picture = f'<img src="{card.href}/picture" alt="" width="48" height="48" loading="lazy">' if card.pictured else icon("file-text")
    return (
        f'<li class="row">{kept}{picture}<span class="grow"><a href="{card.href}">{name}</a><span class="muted small">{uploads.words(card.size)}</span></span>'
        f"{_drop(path, key, button, drop, name)}</li>"
    )


def _drop(path: str, id: str, button: str, drop: str, name: str) -> str:
    return f'<button class="btn sm icon" {button} value="{path}.x.{id}" aria-label="{drop} {name}">{icon("trash")}</button>'

"""The papers that a case of an app can be printed as: its own templates, or the one that every form has by its layout."""

from forms.texts import Text, say
from workflows import papers
from workflows.app import Approve, Handle
from workflows.papers import Block, Print
from workflows.program import PART, Program

#: the id of the paper of an app without templates
USUAL = "case"


def templates(program: Program, language: str) -> list[tuple[str, str]]:
    """The papers of an app, id and name: its own templates, else the usual one."""
    own = [(print.id, _plain(print.title, program, language)) for print in program.app.prints]
    return own or [(USUAL, _usual_title(program, language))]


def template(program: Program, id: str) -> Print | None:
    """The template called ``id``; the usual one exists where the app has none of its own."""
    return next((print for print in program.app.prints if print.id == id), usual(program) if id == USUAL else None)


def usual(program: Program) -> Print:
    """The form as it is laid out, the opinions of every step, the files, and the code."""
    form = program.app.form
    blocks: list[Block] = []
    for section in form.sections:
        plain = tuple(name for name in section.fields if form.field(name).kind != "table")
        if plain:
            blocks.append(papers.Fields(names=plain, heading=section.title))
        blocks += [papers.Rows(name=name, heading=form.field(name).title) for name in section.fields if name not in plain]
    # those that have a place in the form stand there
    placed = {field.step for field in form.fields if field.kind == "opinion"}
    people = tuple(id for id, step in program.steps.items() if isinstance(step, Approve | Handle) and id not in placed)
    if people:
        blocks.append(papers.Opinions(steps=people, heading={"zh": "办理意见", "en": "Opinions"}))
    blocks.append(papers.Files(heading={"zh": "附件清单", "en": "Attachments"}))
    blocks.append(papers.Code(caption={"zh": "扫码查看这份申请（须有权限）", "en": "Scan to open the case, if you may see it"}))
    return Print(id=USUAL, title={language: _usual_title(program, language) for language in ("zh", "en")}, blocks=tuple(blocks))


def _usual_title(program: Program, language: str) -> str:
    title = say(program.app.title, language)
    return f"{title}: case sheet" if language == "en" else title + ("单" if title.endswith(("审批", "申请")) else "审批单")


def _plain(title: Text, program: Program, language: str) -> str:
    """A title without what differs from case to case: for the list of templates."""
    return PART.sub("", say(title, language)).strip(" ·，,") or say(program.app.title, language)

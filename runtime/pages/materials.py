"""Materials that come later: what a case still lacks, and its applicant hands in; works without a script."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forms.texts import say
from forms.words import day
from runtime import site as sites
from runtime.casework import cases, skeleton_files
from runtime.casework.cases import Found
from runtime.files import kinds, scanner, uploads
from runtime.files.content import Unacceptable
from runtime.files.uploads import Place
from runtime.pages.page import render, see_other, visitor, word
from runtime.pages.uploads import NO_SCANNER, take
from runtime.serving import security
from runtime.store.ids import new_id
from workflows import supplying
from workflows.commands import Refusal


async def show(request: Request) -> Response:
    """The form in which they are handed in."""
    found = await _find(request, request.path_params["case"])
    return _page(request, found, {})


async def hand_in(request: Request) -> Response:
    """Takes the chosen files; what is not taken is said beside its field, and nothing of it is kept."""
    me, site = visitor(request), sites.of(request)
    problems: dict[str, str] = {}
    answers: dict[str, list[str]] = {}
    async with security.checked_files(request) as (pairs, files):
        form = dict(pairs)
        found = await _find(request, form.get("case", ""))
        fields = {item.field.name: item.field for item in supplying.owed(found.program, found.case.answers)}
        for name, sent in files:
            if name not in fields:
                raise HTTPException(404)
            place = Place(me.person, found.case.app, fields[name], found.case.id)
            try:
                answers.setdefault(name, []).append((await take(site, place, sent)).id)
            except Unacceptable as problem:
                problems[name] = say(problem.words, me.language)
            except scanner.NoScanner:
                problems[name] = word(me.language, *NO_SCANNER)
    if problems:
        return _page(request, found, problems, 422)
    result = await cases.supply(site, me.person, found.case.id, answers, form.get("key") or new_id())
    if result is None:
        raise HTTPException(404)
    if isinstance(result, Refusal):
        said = {path.split(".")[0]: say(words, me.language) for path, words in result.fields.items()}
        return _page(request, found, said or {"": say(result.message, me.language)}, 422)
    return see_other(f"/cases/{found.case.id}")


async def _find(request: Request, case: str) -> Found:
    """A case of one's own that lacks something."""
    me, site = visitor(request), sites.of(request)
    found = await cases.find(site, me.person, case)
    if found is None or found.case.applicant.id != me.person:
        raise HTTPException(404)
    return found


def _page(request: Request, found: Found, problems: dict[str, str], status: int = 200) -> Response:
    me = visitor(request)
    open = found.case.status == "open"
    lines = [
        {
            "name": item.field.name,
            "title": say(item.field.title, me.language),
            "day": day(item.day, me.language),
            "takes": skeleton_files.hint(item.field, me.language),
            "accept": "image/*" if item.field.kind == "photo" else kinds.accept(item.field.types),
            "several": (item.field.max_items or uploads.MOST_FILES) > 1,
            "problem": problems.get(item.field.name, ""),
        }
        for item in (supplying.owed(found.program, found.case.answers) if open else ())
    ]
    return render(
        request,
        "cases/materials.html",
        status=status,
        title=word(me.language, "补交材料", "Hand in what is missing"),
        back=f"/cases/{found.case.id}",
        case_id=found.case.id,
        number=found.case.number,
        key=new_id(),
        lines=lines,
        problem=problems.get("", ""),
    )


routes = [Route("/cases/{case}/materials", show, methods=["GET"]), Route("/materials", hand_in, methods=["POST"])]

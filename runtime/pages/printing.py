"""A case on paper: the PDF to look at and print, or to keep."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forms.texts import say
from runtime import site as sites
from runtime.casework import cases, papers
from runtime.output import printing, typeset
from runtime.pages.page import render, visitor, word


async def show(request: Request) -> Response:
    """The PDF of one template, to those who may see the case: shown, or kept with `?download`."""
    me, site = visitor(request), sites.of(request)
    case, id = request.path_params["case"], request.path_params["paper"]
    found = await cases.find(site, me.person, case)
    if found is None:
        raise HTTPException(404)
    base = site.settings.public_url or str(request.base_url)
    try:
        made = await printing.pdf(site, me, found, id, f"{base.rstrip('/')}/cases/{case}")
    except typeset.NoFont as none:
        return render(
            request,
            "cases/no_font.html",
            status=503,
            title=word(me.language, "无法生成 PDF", "No PDF can be made"),
            case_id=case,
            words=say(none.words, me.language),
        )
    if made is None:
        raise HTTPException(404)
    title = next(
        (words for known, words in papers.templates(found.program, me.language) if known == id), say(found.program.app.title, me.language)
    )
    name = printing.file_name(found, title)
    headers = {"content-disposition": printing.disposition(name, inline="download" not in request.query_params)}
    return Response(made, media_type="application/pdf", headers=headers)


routes = [Route("/cases/{case}/papers/{paper}", show, methods=["GET"])]

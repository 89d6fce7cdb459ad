"""Files: sent in parts that can be taken up again, or with the page by a button; fetched by those who may."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anyio import to_thread
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from forms.texts import say
from runtime import site as sites
from runtime.casework import attaching, drafts
from runtime.files import scanner, storage, uploads
from runtime.files.content import Unacceptable
from runtime.files.uploads import File, OutOfStep, Place
from runtime.output.printing import disposition
from runtime.pages import fill
from runtime.pages.page import render, visitor, word
from runtime.serving import security
from runtime.site import Site

#: what a page of a browser may do with a file: nothing
SANDBOX = {"content-security-policy": "sandbox; default-src 'none'"}
#: pages of a file that are shown at once
MOST_PAGES = 50
NO_SCANNER = "病毒扫描暂时不可用，文件没有收下，请稍后再传", "The virus scanner is away and the file was not taken: try again later"


async def begin(request: Request) -> Response:
    """Announces a file: where it goes, its name and size. 201 with its id, or 422 with why it is not taken."""
    me, site = visitor(request), sites.of(request)
    form = dict(await security.checked_form(request))
    place = await _place(site, me.person, form, form.get("field", ""))
    size = form.get("size", "")
    if place is None or not size.isascii() or not size.isdigit():
        raise HTTPException(404)
    try:
        file = await uploads.begin(site, place, form.get("name", ""), int(size[:15]), site.clock())
    except Unacceptable as problem:
        return _refused(problem, me.language)
    return JSONResponse({"id": file.id, "at": 0}, 201)


async def where(request: Request) -> Response:
    """How much of it has come."""
    file = await _own(request)
    return Response(headers={"upload-offset": str(file.received), "upload-length": str(file.size)})


async def go_on(request: Request) -> Response:
    """The next part: 204 and where to go on, or 200 once it is whole and kept. 409: it does not begin where the last one ended."""
    me, site = visitor(request), sites.of(request)
    security.check_token([(security.TOKEN_FIELD, request.headers.get("x-csrf-token", ""))], me.csrf)
    offset = request.headers.get("upload-offset", "")
    if not offset.isascii() or not offset.isdigit():
        raise HTTPException(400)
    file = await _own(request)
    try:
        if file.state == "arriving":
            piece = await request.body()
            if piece or int(offset[:15]) != file.received:
                file = await uploads.append(site, file, int(offset[:15]), piece, site.clock())
            if file.received < file.size:
                return Response(status_code=204, headers={"upload-offset": str(file.received)})
            field = attaching.field_of(site.catalogue, file)
            if field is None:
                raise HTTPException(404)
            file = await uploads.assemble(site, file, field, site.clock())
    except OutOfStep as step:
        return Response(status_code=409, headers={"upload-offset": str(step.at)})
    except Unacceptable as problem:
        return _refused(problem, me.language)
    except scanner.NoScanner:
        return JSONResponse({"words": word(me.language, *NO_SCANNER)}, 503)
    return JSONResponse({"id": file.id, "name": file.name})


async def with_page(request: Request) -> Response:
    """The chosen files of a page without a script, and everything typed there. What is not taken is said; all else is kept."""
    me, site = visitor(request), sites.of(request)
    problems: list[tuple[str, str]] = []
    busy = False
    async with security.checked_files(request) as (pairs, files):
        form = dict(pairs)
        for name, sent in files:
            field = name.removesuffix(".file")
            place = await _place(site, me.person, form, field)
            if place is None:
                raise HTTPException(404)
            try:
                pairs.append((field, (await take(site, place, sent)).id))
            except Unacceptable as problem:
                problems.append((uploads.named(sent.filename or ""), say(problem.words, me.language)))
            except scanner.NoScanner:
                busy = True
                problems.append((uploads.named(sent.filename or ""), word(me.language, *NO_SCANNER)))
    kept = [pair for pair in pairs if pair[0] != "_action"]
    answer = await fill.save(request, kept)
    if not problems:
        return answer
    title = word(me.language, "有文件没有收下", "Some files were not taken")
    href = f"/tasks/{form['_task']}" if form.get("_task") else f"/drafts/{form.get('_draft', '')}"
    return render(request, "cases/not_taken.html", status=503 if busy else 422, title=title, problems=problems, href=href)


async def take(site: Site, place: Place, sent: UploadFile) -> File:
    """A file that came whole. Raises Unacceptable, scanner.NoScanner."""
    file = await uploads.begin(site, place, sent.filename or "", sent.size or 0, site.clock())
    with tempfile.TemporaryDirectory(prefix="sent-") as folder:
        path = Path(folder) / "whole"
        await to_thread.run_sync(_copy, sent, path)
        return await uploads.keep(site, file, place.field, path, site.clock())


def _copy(sent: UploadFile, path: Path) -> None:
    with path.open("wb") as into:
        while piece := sent.file.read(1 << 20):
            into.write(piece)


async def own(request: Request) -> Response:
    """A file of one's own that is not handed in yet."""
    return await served(request, await _own(request))


async def own_picture(request: Request) -> Response:
    return await picture(request, await _own(request), 0)


async def of_case(request: Request) -> Response:
    """A file of a case, to those who see the field it is in."""
    return await served(request, await _of_case(request))


async def case_picture(request: Request) -> Response:
    return await picture(request, await _of_case(request), 0)


async def case_page(request: Request) -> Response:
    number = request.path_params["number"]
    file = await _of_case(request)
    if not 1 <= number <= file.pages:
        raise HTTPException(404)
    return await picture(request, file, number)


async def view(request: Request) -> Response:
    """The pages of a file as pictures: nothing of the file itself reaches the browser."""
    me, file = visitor(request), await _of_case(request)
    if not file.pages:
        raise HTTPException(404)
    case, shown = request.path_params["case"], min(file.pages, MOST_PAGES)
    more = word(
        me.language,
        f"共 {file.pages} 页，这里是前 {shown} 页，其余请下载查看。",
        f"The first {shown} of {file.pages} pages. Download it for the rest.",
    )
    return render(
        request,
        "cases/file.html",
        title=file.name,
        back=f"/cases/{case}",
        size=uploads.words(file.size),
        href=f"/cases/{case}/files/{file.id}",
        numbers=range(1, shown + 1),
        more=more if file.pages > shown else "",
    )


async def served(request: Request, file: File) -> Response:
    """The bytes of a file, to be kept and not shown."""
    if file.state != "kept":
        raise HTTPException(404)
    try:
        pieces = await sites.of(request).storage.read(storage.whole(file.digest))
    except FileNotFoundError:
        raise HTTPException(404) from None
    headers: Mapping[str, str] = {**SANDBOX, "content-disposition": disposition(file.name), "content-length": str(file.size)}
    return StreamingResponse(pieces, media_type=file.media, headers=headers)


async def picture(request: Request, file: File, number: int) -> Response:
    if not file.pages:
        raise HTTPException(404)
    try:
        made = await uploads.page(sites.of(request), file, number)
    except FileNotFoundError:
        raise HTTPException(404) from None
    return Response(made, media_type="image/webp", headers=SANDBOX)


async def _own(request: Request) -> File:
    me, site = visitor(request), sites.of(request)
    file = await site.database.read(uploads.find, me.person, request.path_params["upload"])
    if file is None:
        raise HTTPException(404)
    return file


async def _of_case(request: Request) -> File:
    me, site = visitor(request), sites.of(request)
    file = await attaching.of_case(site, me.person, request.path_params["case"], request.path_params["file"])
    if file is None:
        raise HTTPException(404)
    return file


async def _place(site: Site, person: str, form: Mapping[str, Any], field: str) -> Place | None:
    if form.get("_task"):
        return await attaching.at_task(site, person, form["_task"], field)
    draft: str = form.get("_draft", "")
    return await attaching.at_draft(site, person, form.get("_app", ""), draft, field) if drafts.is_id(draft) else None


def _refused(problem: Unacceptable, language: str) -> Response:
    return JSONResponse({"code": problem.code, "words": say(problem.words, language)}, 422)


routes = [
    Route("/uploads", begin, methods=["POST"]),
    Route("/drafts/files", with_page, methods=["POST"]),
    Route("/uploads/{upload}", where, methods=["HEAD"]),
    Route("/uploads/{upload}", own, methods=["GET"]),
    Route("/uploads/{upload}", go_on, methods=["PATCH"]),
    Route("/uploads/{upload}/picture", own_picture, methods=["GET"]),
    Route("/cases/{case}/files/{file}", of_case, methods=["GET"]),
    Route("/cases/{case}/files/{file}/picture", case_picture, methods=["GET"]),
    Route("/cases/{case}/files/{file}/pages/{number:int}", case_page, methods=["GET"]),
    Route("/cases/{case}/files/{file}/view", view, methods=["GET"]),
]

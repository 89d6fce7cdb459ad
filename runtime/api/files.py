"""Files for programs: sent whole, then named in answers; fetched from the cases one sees."""

import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from runtime.api import shapes
from runtime.api.problems import ALWAYS, documented
from runtime.api.strict import StrictRoute
from runtime.api.who import Here, Me
from runtime.casework import attaching
from runtime.files import scanner, storage, uploads
from runtime.files.content import Unacceptable
from runtime.output.printing import disposition
from runtime.serving.failures import problem
from runtime.store.ids import new_id

FILE: Any = {200: {"description": "The file", "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}
BODY: Any = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}
router = APIRouter(tags=["files"], route_class=StrictRoute, responses=ALWAYS)


@router.post("/uploads", status_code=201, responses=documented(413, 415), response_model=shapes.Upload, openapi_extra=BODY)
async def upload(
    request: Request,
    here: Here,
    me: Me,
    field: Annotated[str, Query(max_length=64)],
    name: Annotated[str, Query(max_length=200, description="What the file is called.")],
    app: Annotated[str | None, Query(max_length=64, description="To start a case of this app with it …")] = None,
    task: Annotated[str | None, Query(max_length=64, description="… or to decide this task with it.")] = None,
) -> Any:
    """Sends a file, whole, as the body. Its id goes into the answers of `field`; what nobody hands in within a day is forgotten."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/octet-stream":
        raise HTTPException(415)
    place = await attaching.at_task(here, me.person, task, field) if task else None
    if app and not task:
        place = await attaching.at_draft(here, me.person, app, new_id(), field)
    if place is None:
        raise HTTPException(404)
    with tempfile.TemporaryDirectory(prefix="sent-") as folder:
        path = Path(folder) / "whole"
        size = 0
        with path.open("wb") as into:
            async for piece in request.stream():
                size += len(piece)
                into.write(piece)
        try:
            file = await uploads.begin(here, place, name, size, here.clock())
            file = await uploads.keep(here, file, place.field, path, here.clock())
        except Unacceptable as why:
            return problem(request, 422, why.code, detail=why.words)
        except scanner.NoScanner:
            raise HTTPException(503, "no-scanner") from None
    return shapes.Upload(id=file.id, name=file.name, size=file.size, media=file.media, sha256=file.digest)


@router.get("/cases/{case}/files/{file}", response_class=Response, responses=FILE)
async def fetch(here: Here, me: Me, case: str, file: str) -> Response:
    """A file of a case, if one sees the field that it is in."""
    found = await attaching.of_case(here, me.person, case, file)
    if found is None:
        raise HTTPException(404)
    headers = {"content-disposition": disposition(found.name), "content-length": str(found.size)}
    return StreamingResponse(await here.storage.read(storage.whole(found.digest)), media_type=found.media, headers=headers)

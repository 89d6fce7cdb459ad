"""What may go wrong, for the OpenAPI document; and refusals as problems."""

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from forms.texts import say
from runtime.api import mistakes
from runtime.people.visitor import spoken
from runtime.serving.failures import problem
from workflows.commands import Refusal

WORDS = {
    400: "Not JSON, or not understood",
    401: "No valid token",
    403: "Not allowed to this person",
    404: "Nothing there, or not to be seen by this person",
    409: "Someone was faster; nothing has been done",
    410: "The app takes no new applications; those under way go on",
    413: "Too large",
    415: "Not application/json",
    422: "Something is not right; `errors` names the fields",
    429: "Too many attempts; see Retry-After",
    503: "The database is away; nothing has been done; ask again with the same key",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The failures of a route, as OpenAPI has them."""
    return {
        status: {
            "description": WORDS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


ALWAYS = documented(400, 401, 403, 404, 422, 503)
SIGN_IN = documented(400, 401, 413, 415, 422, 429, 503)
SIGN_OUT = documented(400, 401, 503)
WRITES = documented(409, 413, 415)

STATUS = {
    "lost-race": 409,
    "too-late": 409,
    "gone": 409,
    "suspended": 409,
    "too-often": 409,
    "cannot-undo": 409,
    "retired": 410,
    "not-yours": 403,
    "not-allowed": 403,
}


def refused(request: Request, refusal: Refusal) -> JSONResponse:
    """Why a command was not carried out, in words; nothing has changed."""
    language = spoken(request)
    part = "picked" if refusal.code == "choose-people" else "answers"
    errors = [{"field": f"{part}.{path}", "message": say(words, language)} for path, words in refusal.fields.items()]
    return problem(request, STATUS.get(refusal.code, 422), refusal.code, detail=refusal.message, errors=errors)


async def invalid(request: Request, error: Exception) -> JSONResponse:
    """A body or parameter of the wrong shape: each place by name."""
    assert isinstance(error, RequestValidationError)
    language = spoken(request)
    errors = [{"field": _place(found["loc"]), "message": mistakes.words(found, language)} for found in error.errors()]
    return problem(request, 422, errors=errors)


def _place(loc: tuple[int | str, ...]) -> str:
    """("body", "answers", "rows", 0) → "answers.rows.0"; ("header", "idempotency-key") → "Idempotency-Key"."""
    where, *path = loc
    if where == "header":
        return "-".join(part.capitalize() for part in str(path[0]).replace("_", "-").split("-"))
    return ".".join(str(part) for part in path) or str(where)

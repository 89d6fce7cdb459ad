"""The API as one application, mounted at /api/v1."""

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from runtime.api import apps, cases, files, problems, sessions, shapes, tasks
from runtime.serving import failures
from runtime.site import Site
from runtime.store.database import Unavailable

DESCRIPTION = """What the pages do, for programs: the same rules, the same rights, the same record.

Get a token by `POST /sessions`, send it as `Authorization: Bearer …`. Every change carries an `Idempotency-Key`. Failures are
`application/problem+json` (RFC 9457) in the language of `Accept-Language`; what one may not see is 404."""


def create(site: Site) -> FastAPI:
    """The application over ``site``."""
    api = FastAPI(
        title="搭把手 Dabashou",
        version="1",
        description=DESCRIPTION,
        docs_url=None,  # its pages load scripts from elsewhere; the document is for tools
        redoc_url=None,
        exception_handlers={
            HTTPException: failures.handle,
            Unavailable: failures.handle,
            RequestValidationError: problems.invalid,
            Exception: failures.handle,
        },
    )
    api.state.site = site
    for module in (sessions, apps, tasks, cases, files):
        api.include_router(module.router)
    plain = api.openapi

    def openapi() -> dict[str, Any]:
        """With the problems, which FastAPI does not know of."""
        if api.openapi_schema is None:
            document = plain()
            known = document.setdefault("components", {}).setdefault("schemas", {})
            for name in ("HTTPValidationError", "ValidationError"):
                known.pop(name, None)
            problem = shapes.Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
            known.update(problem.pop("$defs", {}))
            known["Problem"] = problem
            api.openapi_schema = document
        return api.openapi_schema

    api.openapi = openapi
    return api

"""Who asks: the bearer of a token that `POST /sessions` gave out. Cookies count for nothing here, so other sites' pages can do nothing."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from runtime import site as sites
from runtime.people.visitor import Visitor
from runtime.site import Site

_bearer = HTTPBearer(auto_error=False, description="The token of `POST /sessions`.")


def site(request: Request) -> Site:
    """The site; 503 while nobody has set it up."""
    found = sites.of(request)
    if found.setup or found.empty:
        raise HTTPException(503, "first-run")
    return found


Here = Annotated[Site, Depends(site)]


async def visitor(here: Here, bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]) -> Visitor:
    """Who is signed in. Raises HTTPException 401, or 403 when the password has to be changed first."""
    found = await here.sessions.find(bearer.credentials, "api") if bearer else None
    if found is None:
        raise HTTPException(401, headers={"www-authenticate": "Bearer"})
    if found.temporary:
        raise HTTPException(403, "password-expired")
    return found.visitor


Me = Annotated[Visitor, Depends(visitor)]

"""Tokens: got for account and password, given back when done."""

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from runtime.api import shapes
from runtime.api.problems import SIGN_IN, SIGN_OUT
from runtime.api.strict import StrictRoute
from runtime.api.who import Here, Me
from runtime.people import signing_in
from runtime.people.signing_in import Entered, Locked
from runtime.serving.security import client

router = APIRouter(tags=["sessions"], route_class=StrictRoute)


@router.post("/sessions", status_code=201, responses=SIGN_IN)
async def sign_in(request: Request, here: Here, body: shapes.SignIn) -> shapes.Session:
    """A token for account and password; locked and throttled as the sign-in page is."""
    address = client(request)
    if body.password is None:
        result = await signing_in.by_choice(here, body.user, address, "api")
    else:
        result = await signing_in.by_password(here, body.user, body.password, address, "api")
    if isinstance(result, Locked):
        raise HTTPException(429, "locked", headers={"retry-after": str(result.seconds)})
    if not isinstance(result, Entered):
        raise HTTPException(401, "wrong-password", headers={"www-authenticate": "Bearer"})
    return shapes.Session(token=result.token, person=shapes.Person(id=result.person, name=result.name), expires_at=result.ends_at)


@router.delete("/sessions/current", status_code=204, response_class=Response, responses=SIGN_OUT)
async def sign_out(request: Request, here: Here, me: Me) -> Response:
    """The token is worth nothing from now on."""
    await signing_in.out(here, me.session, me.person, client(request))
    return Response(status_code=204)

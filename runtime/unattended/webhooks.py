"""Calls to other systems: signed as Standard Webhooks 1.0 says, to targets that administrators have declared."""

import asyncio
import base64
import hashlib
import hmac
import ssl
from datetime import datetime

from runtime import outgoing
from runtime.settings import WebhookTarget
from runtime.store.outbox import NotNow, Undeliverable

#: for the whole of one call
PATIENCE = 10.0


async def send(target: WebhookTarget, id: str, body: bytes, now: datetime) -> None:
    """Posts ``body``. Raises Undeliverable when it must not or will never be taken, NotNow otherwise."""
    try:
        place = outgoing.where(target.url)
        async with asyncio.timeout(PATIENCE):
            address = await outgoing.resolve(place, target.networks)
            own = {"content-type": "application/json", **headers(target, id, body, now)}
            status = (await outgoing.exchange(place, address, "POST", own, body)).status
    except outgoing.NotAllowed as error:
        raise Undeliverable(str(error)) from error
    except TimeoutError as error:
        raise NotNow(f"no answer within {PATIENCE:.0f} s") from error
    except ssl.SSLError as error:
        raise NotNow(f"no secure connection: {error.reason}") from error
    except (OSError, EOFError, ValueError) as error:
        raise NotNow(f"cannot be reached: {type(error).__name__}") from error
    if status == 410:
        raise Undeliverable("answered 410: the receiver wants no more of these")
    if not 200 <= status < 300:
        raise NotNow(f"answered {status}")


def headers(target: WebhookTarget, id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Id, moment and signature, by which the receiver knows us, and a repetition."""
    stamp = str(int(now.timestamp()))
    return {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": sign(target.secret.get_secret_value(), id, stamp, body)}


def sign(secret: str, id: str, stamp: str, body: bytes) -> str:
    """The `webhook-signature` of ``body``; ``secret`` is "whsec_" and base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256)).decode()

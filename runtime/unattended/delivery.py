"""Letters to the world outside: what is in them, and to whom. What sends them is loaded when the first one goes."""

from typing import Any

import msgspec
import sqlalchemy as sa

from runtime.people import choices
from runtime.site import Site
from runtime.store import tables as t
from runtime.store.outbox import Letter, Undeliverable
from workflows import effects as wanted

_message = msgspec.json.Decoder(wanted.Message)
_webhook = msgspec.json.Decoder(wanted.Webhook)


async def mail(site: Site, letter: Letter) -> None:
    """A message to a person, if they have an address and may still sign in. Raises Undeliverable and NotNow."""
    from runtime.unattended import mail

    message = _message.decode(letter.body)
    person, language, about = await site.database.read(_reader, message.person, letter.case)
    if person is None or not person.email or person.disabled:
        return
    link = ""
    if site.settings.public_url:
        path = f"/tasks/{message.task}" if message.task else f"/cases/{letter.case}"
        link = site.settings.public_url.rstrip("/") + path
    try:
        composed = mail.compose(site.settings, letter.id, person.email, message.text, mail.About(*about), link, language, letter.created_at)
    except ValueError as error:  # an address with what no header may hold
        raise Undeliverable("not an address") from error
    await mail.send(site.settings, composed)


def _reader(conn: sa.Connection, person: str, case: str) -> tuple[Any, str, Any]:
    """The person, the language they chose, and the words of the case."""
    row = conn.execute(sa.select(t.person.c.email, t.person.c.disabled).where(t.person.c.id == person)).first()
    about = conn.execute(sa.select(t.case.c.app_title, t.case.c.number, t.case.c.subject).where(t.case.c.id == case)).one()
    return row, choices.preferences(conn, person).language, about


async def webhook(site: Site, letter: Letter) -> None:
    """A call to a target that this installation declares. Raises Undeliverable and NotNow."""
    from runtime.unattended import webhooks

    call = _webhook.decode(letter.body)
    target = site.settings.webhooks.get(call.name)
    if target is None:
        raise Undeliverable(f"no webhook target {call.name} is declared")
    await webhooks.send(target, letter.id, msgspec.json.encode(call.payload), site.clock())

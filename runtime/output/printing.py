"""A case as PDF for one reader: found, composed and set."""

from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from forms.texts import Text, say
from runtime.casework import naming, papers, sheet
from runtime.casework.cases import Found
from runtime.casework.entries import Teller
from runtime.casework.glance import Glance
from runtime.files import held, uploads
from runtime.output import paper, typeset
from runtime.output.paper import Attached, Paper
from runtime.people.visitor import Visitor
from runtime.site import Site
from runtime.store import tables
from workflows import rights


async def pdf(site: Site, me: Visitor, found: Found, id: str, address: str) -> bytes | None:
    """The paper ``id`` of a case that ``me`` may see; None: its app has no such paper. ``address``: of the case, for the QR code.
    Raises typeset.NoFont.
    """
    template = papers.template(found.program, id)
    if template is None:
        return None
    # on the loop: it only reads, and the work is done by Typst in a thread
    of = await site.database.read(_paper, site, me, found, address)
    return await typeset.pdf(paper.compose(template, of), site.settings.fonts)


def _paper(conn: sa.Connection, site: Site, me: Visitor, found: Found, address: str) -> Paper:
    now, calendar = site.clock(), Glance(conn, site.database).calendar
    program, case = found.program, found.case
    files = held.read(conn, held.ids(program.app.form, rights.shown(program, case, me.person)))
    names = naming.names(conn, me.person, me.language, program, case, found.events)
    teller = Dated(
        steps=program.steps,
        form=program.app.form,
        outcomes=program.app.flow.outcomes,
        reader=sheet.Reader(me.language, names),
        me="",
        now=now,
        zone=ZoneInfo(calendar.time_zone),
        hidden=rights.hidden(program, case, me.person),
    )
    title: Text | None = conn.scalar(sa.select(tables.organisation.c.title))
    at = teller.at(now)
    footer = teller.word(f"{me.name} 打印于 {at}", f"printed by {me.name}, {at}")
    attached = [Attached(file.name, uploads.words(file.size), file.digest[:16]) for file in files.values()]
    return Paper(found, me.person, teller, say(title, me.language) if title else "", address, footer, attached)


def file_name(found: Found, title: str) -> str:
    """What a browser saves the paper as: without what file systems refuse."""
    return (
        "".join(char for char in f"{title} {found.case.number}" if char.isprintable() and char not in '/\\:*?"<>|').strip()[:120] + ".pdf"
    )


def disposition(name: str, *, inline: bool = False) -> str:
    """Content-Disposition for a file called ``name`` (RFC 6266)."""
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\%' else "_" for char in name)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


class Dated(Teller):
    """Tells with full dates: paper is read on another day."""

    __slots__ = ()

    def at(self, at: Any) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"

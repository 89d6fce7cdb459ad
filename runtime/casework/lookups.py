"""Answers that are taken from elsewhere before anybody types them: what a new form begins with, and what follows from what was typed.

What is found is typed into the form, where it may be changed; so everything that holds for what people type holds for it. The page carries
along by what each was looked up: nothing that somebody has changed is written over, and what belonged to another key is.
"""

import asyncio
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
import structlog
from markupsafe import Markup
from sqlalchemy import bindparam as given

from forms import formats, typed
from forms.form import LISTS, Field, Form
from forms.texts import Text, say
from runtime.casework import sources, views
from runtime.casework.releases import Catalogue
from runtime.site import Site
from runtime.store import tables as t
from workflows.events import Applicant
from workflows.people import Directory
from workflows.program import START, Program

log = structlog.get_logger(__name__)
Pairs = Sequence[tuple[str, str]]
#: the name under which a page carries along what was looked up
LOOKED = "_looked"
#: of these, in one page
MOST_LOOKED = 300
#: lookups of one page at once
MOST_AT_ONCE = 20
#: lookups by what others found, one after the other
DEEPEST = 3


class Followed(NamedTuple):
    """A form with what was looked up in it."""

    pairs: list[tuple[str, str]]
    #: by path, the words beside a field
    notes: Mapping[str, Text] = {}
    #: by what was looked up, for the next time
    looked: tuple[str, ...] = ()
    #: the paths that were written
    filled: tuple[str, ...] = ()


class Spot(NamedTuple):
    """A field that is looked up, where it stands."""

    #: its browser name: "items.0.price"
    path: str
    field: Field
    #: the fields beside it
    beside: Mapping[str, Field]
    #: parameter to what was typed, as it is written down
    by: dict[str, str]
    #: something is typed in it
    full: bool

    @property
    def mark(self) -> str:
        """What the page carries along: the field, and a digest of that by which it was looked up."""
        digest = hashlib.sha256("\0".join(part for pair in sorted(self.by.items()) for part in pair).encode()).hexdigest()[:16]
        return f"{self.plain}:{digest}"

    @property
    def plain(self) -> str:
        """The field without the numbers of rows."""
        return ".".join(part for part in self.path.split(".") if not part.isdecimal())


# --- what a new form begins with ---


def begin(conn: sa.Connection, catalogue: Catalogue, program: Program, applicant: Applicant, directory: Directory) -> dict[str, Any]:
    """What is known of the applicant, of their department and from their earlier cases."""
    found: dict[str, Any] = {}
    for field in program.app.form.fields:
        if field.lookup is None or field.name not in program.fills:
            continue
        match field.lookup.of:
            case "person":
                value = _of_person(field.lookup.take, applicant, directory)
            case "department":
                value = _of_department(field.lookup.take, applicant, directory)
            case "mine":
                value = _of_mine(conn, catalogue, program, field, applicant)
            case _:
                value = None
        if value not in (None, ""):
            found[field.name] = value
    return found


def _of_person(part: str, applicant: Applicant, directory: Directory) -> Any:
    if part == "post":
        return say(directory.post_title(applicant.post), "zh") if applicant.post else None
    person = directory.person(applicant.id)
    return getattr(person, part) if person else None


def _of_department(part: str, applicant: Applicant, directory: Directory) -> Any:
    department = directory.department(applicant.department)
    if department is None:
        return None
    return say(department.title, "zh") if part == "title" else getattr(department, part)


def _of_mine(conn: sa.Connection, catalogue: Catalogue, program: Program, field: Field, applicant: Applicant) -> Any:
    assert field.lookup is not None
    row = conn.execute(_MINE, {"person": applicant.id, "of": field.lookup.name}).first()
    if row is None:
        return None
    before, name = catalogue.load(conn, row.digest), field.lookup.take
    value = row.answers.get(name)
    kinds = {item.name: item.kind for item in before.app.form.fields}
    if value is None or name in before.veiled[START] or kinds.get(name) is None:
        return None
    # the form may have changed since
    return None if any(program.rules.validator.findings({field.name: value})) else value


_MINE = (
    sa.select(t.case.c.answers, t.case.c.digest)
    .where(t.case.c.applicant == given("person"), t.case.c.app == given("of"))
    .where(sa.or_(t.case.c.status == "open", t.case.c.outcome == "approved"))
    .order_by(t.case.c.created_at.desc(), t.case.c.id.desc())
    .limit(1)
)


# --- what follows from what was typed ---


@lru_cache(256)
def keyed(program: Program) -> bool:
    """Whether its form has anything that is looked up by an answer."""
    return any(field.lookup and field.lookup.by for field in program.app.form.walk())


async def follow(site: Site, program: Program, pairs: Pairs, only: Collection[str]) -> Followed:
    """``pairs`` with everything that follows from them; ``only``: the fields that this person fills in."""
    before = [text for name, text in pairs if name == LOOKED][:MOST_LOOKED]
    work = [pair for pair in pairs if pair[0] != LOOKED]
    if not keyed(program):
        return Followed(work)
    fields = [field for field in program.app.form.fields if field.name in only]
    notes: dict[str, Text] = {}
    tried: set[tuple[str, str]] = set()
    filled: list[str] = []
    kept: set[str] = set(before)
    for _ in range(DEEPEST):
        spots = [
            spot for spot in _spots(fields, work, "") if (spot.path, spot.mark) not in tried and not (spot.full and spot.mark in before)
        ]
        if not spots:
            break
        spots = spots[:MOST_AT_ONCE]
        tried.update((spot.path, spot.mark) for spot in spots)
        for spot, found in zip(spots, await asyncio.gather(*(_find(site, program, spot) for spot in spots)), strict=True):
            stale = spot.full and any(mark.startswith(f"{spot.plain}:") for mark in before)
            if isinstance(found, list):
                changed = _written(work, spot, found)
                filled += [spot.path] if changed else []
                kept.add(spot.mark)
                notes |= {spot.path: _told(spot, "已带出，可以修改", "filled in, and may be changed")} if changed else {}
                continue
            if stale:
                _written(work, spot, [])
            missing = isinstance(found, sources.Missing)
            if missing or (spot.full and not stale):
                kept.add(spot.mark)
            words = (
                ("没有查到，请自己填写", "nothing was found: fill it in yourself")
                if missing
                else ("暂时查不到，请先自己填写，不影响提交", "cannot be asked just now: fill it in yourself, nothing else is held up")
            )
            notes[spot.path] = _told(spot, *words)
    there = {spot.mark for spot in _spots(fields, work, "")}
    return Followed(work, notes, tuple(sorted(kept & there))[:MOST_LOOKED], tuple(filled))


def _told(spot: Spot, zh: str, en: str) -> Text:
    lookup = spot.field.lookup
    source = lookup.title if lookup and lookup.title else {"zh": "", "en": ""}
    name = {language: say(source, language) for language in ("zh", "en")}
    return {"zh": f"{name['zh']}：{zh}" if name["zh"] else zh, "en": f"{name['en']}: {en}" if name["en"] else en[:1].upper() + en[1:]}


def _spots(fields: Iterable[Field], pairs: Pairs, prefix: str) -> Iterator[Spot]:
    """What is looked up among ``fields`` and has all by which it is; ``prefix`` is "items.0." in a row."""
    listed = list(fields)
    beside = {field.name: field for field in listed}
    texts: dict[str, str] = {name.removeprefix(prefix): text for name, text in pairs if name.startswith(prefix)}
    for field in listed:
        if field.kind == "group":
            yield from _spots(field.fields, pairs, f"{prefix}{field.name}.")
        elif field.kind == "table":
            start = f"{prefix}{field.name}."
            numbers = {name[len(start) :].split(".", 1)[0] for name, _ in pairs if name.startswith(start)}
            for number in sorted((number for number in numbers if number.isdecimal() and len(number) < 6), key=int):
                yield from _spots(field.fields, pairs, f"{start}{number}.")
        lookup = field.lookup
        if lookup is None or not lookup.by or not all(name in beside for name in lookup.by.values()):
            continue
        by = {parameter: _value(beside[name], texts) for parameter, name in lookup.by.items()}
        if all(by.values()):
            full = any(text.strip() for name, text in texts.items() if name == field.name or name.startswith(f"{field.name}."))
            yield Spot(prefix + field.name, field, beside, by, full)


def _value(field: Field, texts: Mapping[str, str]) -> str:
    """What was typed in a field, as it is written down; "" where that is no answer: nothing is asked by half a number."""
    answers = typed.read(Form(fields=(field,), sections=()), [(field.name, texts.get(field.name, ""))]).answers
    value = answers.get(field.name)
    if value is None or (isinstance(value, str) and formats.problem(field.kind, value)):
        return ""
    return typed.text_of(field.kind, value)


def _written(pairs: list[tuple[str, str]], spot: Spot, texts: list[tuple[str, str]]) -> bool:
    """Puts ``texts`` in the place of what is typed there; whether that is anything else."""
    inside = f"{spot.path}."
    before = [pair for pair in pairs if pair[0] == spot.path or pair[0].startswith(inside)]
    if [pair for pair in before if pair[1]] == texts:
        return False
    pairs[:] = [*(pair for pair in pairs if pair not in before), *texts]
    return True


async def _find(site: Site, program: Program, spot: Spot) -> list[tuple[str, str]] | sources.Missing | sources.Away:
    """What is to be typed there; or why nothing is."""
    lookup = spot.field.lookup
    assert lookup is not None
    try:
        match lookup.of:
            case "dictionary":
                option = next(
                    (item for name in lookup.by.values() for item in spot.beside[name].options if item.value in spot.by.values()), None
                )
                return _typed(spot, option.gives.get(lookup.take) if option else None)
            case "view":
                return await _of_view(site, spot)
            case _:
                said = await sources.ask(site, program.app.id, lookup.name, spot.by)
                return _typed(spot, sources.at(said, lookup.take))
    except (sources.Missing, sources.Away) as problem:
        return problem


async def _of_view(site: Site, spot: Spot) -> list[tuple[str, str]]:
    lookup = spot.field.lookup
    assert lookup is not None
    app, _, id = lookup.name.partition("/")
    program = site.catalogue.latest(app)
    view = next((view for view in program.app.views if view.id == id), None) if program else None
    if view is None or lookup.take not in view.gives:
        # it was published when this form was checked, and is no more
        raise sources.Missing
    value = await site.database.read(views.published, app, view.key, next(iter(spot.by.values())), lookup.take)
    if value is None:
        raise sources.Missing
    return _flat(spot, value)


def _flat(spot: Spot, value: Any) -> list[tuple[str, str]]:
    """An answer of another case as a browser would send it from here."""
    head = spot.path.removesuffix(spot.field.name)
    try:
        texts = typed.write(Form(fields=(spot.field,), sections=()), {spot.field.name: value})
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        log.warning("a published answer is of another kind", field=spot.path)
        raise sources.Missing from None
    several = spot.field.kind in LISTS
    return [(head + name, part) for name, text in texts.items() for part in (text.split("\n") if several else [text])]


def _typed(spot: Spot, value: Any) -> list[tuple[str, str]]:
    """What another system or a dictionary says, as somebody would type it. Raises Missing, and Away where it is no answer to the field."""
    if value in (None, ""):
        raise sources.Missing
    if not isinstance(value, str | int | float):
        raise sources.Away("not as declared")
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    if spot.field.kind == "choice" and not spot.field.other:
        text = next((o.value for o in spot.field.options if text in (o.value, *o.title.values())), "")
    whole = Form(fields=(spot.field,), sections=())
    if not text or typed.read(whole, [(spot.field.name, text)]).problems:
        log.warning("what was looked up is no answer to the field", field=spot.path)
        raise sources.Away("not as declared")
    return [(spot.path, text)]


def hidden(looked: Iterable[str]) -> Markup:
    """The inputs that carry ``looked`` along."""
    return Markup("").join(Markup('<input type="hidden" name="{}" value="{}">').format(LOOKED, mark) for mark in looked)

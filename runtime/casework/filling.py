"""A form being filled in: what was typed, what the rules make of it, who would get it; worked out anew for each page and each change."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from markupsafe import Markup

from forms import answers, reads, regions, typed
from forms.expressions import Fault
from forms.form import HOLDERS, LISTS, Field, Form
from forms.leaves import at, columns, leaves, tables, total
from forms.rules import Settled
from forms.texts import Text, say
from forms.words import capitals
from runtime.casework import attaching, lookups, relating, sheet
from runtime.casework.cards import Desk
from runtime.casework.moments import moment
from runtime.casework.skeleton import Found, Skeleton, State, row_count
from runtime.files import held as files
from runtime.people import organisation, pinyin
from runtime.store import tables as t
from workflows import editing
from workflows.events import Applicant
from workflows.forecast import Stop, forecast
from workflows.people import Directory
from workflows.program import Program

Pairs = Sequence[tuple[str, str]]
#: results of a search for a person or a region
MOST_FOUND = 8
SEARCH = ".find"


@dataclass(frozen=True, slots=True)
class Ahead:
    """A step ahead, as the forecast shows it."""

    number: int
    title: str
    people: str
    meta: str
    #: the case may not come here
    maybe: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """The fields as HTML, and what goes with them."""

    fields: Markup
    #: what could be read, for the command
    answers: dict[str, Any]
    #: what could not be read, by path
    unread: dict[str, Text]


@lru_cache(256)
def skeleton(program: Program, language: str) -> Skeleton:
    """The form of ``program``, compiled once."""
    return Skeleton(program.app.form, language)


@lru_cache(256)
def asked(program: Program) -> frozenset[str]:
    """What the applicant's page shows: the fields they fill in, and those calculated from them."""
    computed = {name for name, inputs in program.inputs.items() if name in program.rules.computed and inputs & program.fills}
    return program.fills | computed


def begin(
    program: Program, applicant: Applicant, desk: Desk, directory: Directory, found: Mapping[str, Any] | None = None
) -> list[tuple[str, str]]:
    """What an untouched form holds; ``found``: what was looked up."""
    begun = program.rules.begin(editing.facts(applicant, desk.now, directory))
    return written(program, {**begun, **(found or {})}, program.rules.fields)


def written(program: Program, values: Mapping[str, Any], only: Collection[str]) -> list[tuple[str, str]]:
    """``values`` as a browser would send them."""
    pairs: list[tuple[str, str]] = []
    chosen = {name: value for name, value in values.items() if name in only}
    several = {leaf.path for leaf in leaves(program.app.form.fields, chosen) if leaf.field.kind in LISTS}
    for name, text in typed.write(program.app.form, chosen).items():
        pairs.extend((name, part) for part in (text.split("\n") if name in several else [text]))
    return pairs


def changed(program: Program, pairs: Pairs, action: str) -> tuple[list[tuple[str, str]], str]:
    """``pairs`` after a row button: "table.+" adds a row, "table.2.=" copies one to the end, "table.2.-" removes one. And the id of
    what takes the focus: the new row, or the table that has lost one.
    """
    kept = list(pairs)
    held, _, gone = action.partition(".x.")
    if gone and files.at(program.app.form, held):
        return [pair for pair in kept if pair != (held, gone)], held
    at, _, sign = action.rpartition(".")
    table, _, number = at.rpartition(".") if sign in ("-", "=") else (at, "", "")
    field = reads.field_at({field.name: field for field in program.app.form.fields}, table)
    if field is None or field.kind != "table":
        return kept, ""
    fresh = f"{table}.{row_count(dict(pairs), table)}"
    if sign == "+":
        begun = {part.name: part.default for part in field.fields if part.default is not None}
        texts = typed.write(Form(fields=field.fields, sections=()), begun)
        return [*kept, (f"{fresh}.{field.fields[0].name}", ""), *((f"{fresh}.{name}", text) for name, text in texts.items())], fresh
    row = f"{table}.{number}."
    if sign == "=":
        return [*kept, *((f"{fresh}.{name.removeprefix(row)}", text) for name, text in pairs if name.startswith(row))], fresh
    return [pair for pair in kept if not pair[0].startswith(row)], table


def fill(
    conn: sa.Connection,
    directory: Directory,
    program: Program,
    applicant: Applicant,
    pairs: Pairs,
    desk: Desk,
    *,
    only: frozenset[str],
    problems: Mapping[str, Text] | None = None,
    before: Mapping[str, Any] | None = None,
    fresh: str = "",
    person: str = "",
    case: str = "",
    followed: lookups.Followed | None = None,
) -> Filled:
    """The page's fields with ``pairs`` in them. ``only``: those of this page; ``before``: answers that ``case`` already holds; ``person``:
    who fills it in, if that is not the applicant; ``followed``: what was looked up for it.
    """
    form, language = program.app.form, desk.language
    read = typed.read(form, pairs)
    others = {name: value for name, value in (before or {}).items() if name not in only}
    settled = program.rules.settle({**others, **read.answers}, editing.facts(applicant, desk.now, directory))
    searches = {name: text.strip() for name, text in pairs if name.endswith(SEARCH)}
    people, departments = sheet.references(form, settled.answers)
    names = organisation.names(conn, people, departments, language) if people or departments else {}
    reader = person or applicant.id
    names |= relating.names(conn, reader, program, settled.answers)
    said = _said(program, settled, language, names)
    wrong = {**read.problems, **settled.problems, **problems} if problems is not None else read.problems
    state = State(
        texts={**read.raw, **searches},
        visible=settled.visible,
        required=settled.required,
        problems={path: say(words, language) for path, words in wrong.items()},
        said=said,
        readonly=settled.readonly,
        withheld=settled.withheld,
        names={**names, **_named(form.fields, settled.answers, language)},
        found=_found(conn, form.fields, searches, directory, language, reader),
        departments=_departments(conn, language) if any(f.kind == "department" for f in form.walk()) else (),
        files=attaching.on_page(conn, form, settled.answers, before or {}, person or applicant.id, case),
        fresh=fresh,
        notes={path: say(words, language) for path, words in followed.notes.items()} if followed else {},
    )
    answered = {name: value for name, value in read.answers.items() if name in only and name not in program.rules.computed}
    looked = lookups.hidden(followed.looked if followed else (text for name, text in pairs if name == lookups.LOOKED))
    return Filled(skeleton(program, language).render(state, only) + looked, answered, dict(read.problems))


class Read(NamedTuple):
    """What was typed, as a command takes it."""

    answers: dict[str, Any]
    #: what could not be read, by path
    unread: dict[str, Text]


def read(program: Program, pairs: Pairs) -> Read:
    """The answers among ``pairs`` that the applicant's page asks for: all that handing in needs of it."""
    found, kept = typed.read(program.app.form, pairs), program.fills - program.rules.computed
    return Read({name: value for name, value in found.answers.items() if name in kept}, found.problems)


def ahead(directory: Directory, program: Program, applicant: Applicant, values: Mapping[str, Any], desk: Desk) -> list[Ahead]:
    """Who would see the form if it were handed in now."""
    try:
        stops = forecast(program, applicant, values, desk.now, directory)
    except Fault:
        return []
    return [_ahead(number, stop, desk) for number, stop in enumerate(stops, start=1)]


def _ahead(number: int, stop: Stop, desk: Desk) -> Ahead:
    zh = desk.language == "zh"
    names = [person.name for person in stop.people]
    people = ("、" if zh else ", ").join(names[:4])
    if len(names) > 4:
        people += f" 等 {len(names)} 人" if zh else f" +{len(names) - 4}"
    due = ""
    if stop.due is not None:
        about = ("约 " if zh else "about ") if stop.due.uncertain else ""
        due = ("最迟 " if zh else "by ") + about + moment(stop.due.at, desk.now, desk.zone, desk.language)
    copy = ("抄送" if zh else "copy") if stop.kind == "notify" else ""
    doubt = "" if stop.certain else "视填写内容而定" if zh else "depends on the answers"
    meta = " · ".join(filter(None, (copy, doubt, due, say(stop.why, desk.language))))
    return Ahead(number, say(stop.title, desk.language), people, meta, not stop.certain)


def labels(program: Program, language: str) -> dict[str, str]:
    """Field names to their titles, for the summary of what is wrong."""
    return {field.name: say(field.title, language) for field in program.app.form.fields}


@lru_cache(256)
def speaks(program: Program) -> bool:
    """Whether its page says anything in words that depends on the answers."""
    return any(field.compute or field.kind in HOLDERS or field.widget == "capitals" for field in program.app.form.fields)


def _said(program: Program, settled: Settled, language: str, names: Mapping[str, str]) -> dict[str, str]:
    """What the page says in words: what is calculated or locked, and the sums of tables."""
    form = program.app.form
    found: dict[str, str] = {}
    if settled.readonly or speaks(program):
        for path, field, value in leaves(form.fields, settled.answers):
            if field.widget == "capitals" and isinstance(value, int):
                found[f"{path}.capitals"] = capitals(value)
            if field.compute or path in settled.readonly:
                found[path] = answers.show(field, value, language, names, masked=False)
        for path, table in tables(form.fields):
            for column in columns(table):
                if column.field.total:
                    rows = at(settled.answers, path) or ()
                    amount = total(column, rows)
                    name = f"{path}.{'.'.join(column.path)}.total"
                    found[name] = answers.show(column.field, amount, language, names, masked=False) if amount is not None else ""
    return found


def _named(fields: Sequence[Field], values: Mapping[str, Any], language: str) -> dict[str, str]:
    """What was found and chosen, by what it is called."""
    found: dict[str, str] = {}
    for leaf in leaves(fields, values):
        if leaf.value and leaf.field.kind == "region":
            found[str(leaf.value)] = regions.name(str(leaf.value))
        elif leaf.value and leaf.field.widget == "search":
            found[str(leaf.value)] = answers.show(leaf.field, leaf.value, language, {})
    return found


def _found(
    conn: sa.Connection, fields: Sequence[Field], searches: Mapping[str, str], directory: Directory, language: str, reader: str
) -> dict[str, list[Found]]:
    """What each search on the page finds."""
    named = {field.name: field for field in fields}
    found: dict[str, list[Found]] = {}
    for name, text in searches.items():
        path = name.removesuffix(SEARCH)
        field = reads.field_at(named, ".".join(part for part in path.split(".") if not part.isdecimal()))
        kind = field.kind if field else None
        if text and kind == "person":
            found[path] = find_people(conn, text, directory, language)
        elif text and field and kind == "case":
            found[path] = [Found(*hit) for hit in relating.find(conn, reader, text, field.apps, language)]
        elif text and kind == "region":
            found[path] = [Found(code, words) for code, words in find_regions(text)]
        elif text and field is not None and kind == "choice":
            found[path] = find_options(field, text, language)
    return found


def find_people(conn: sa.Connection, text: str, directory: Directory, language: str) -> list[Found]:
    """People by name, spelling or initials, with where they work."""
    found: list[Found] = []
    for person in organisation.find_people(conn, text, MOST_FOUND):
        holding = person.holdings[0] if person.holdings else None
        department = directory.department(holding.department) if holding else None
        post = say(directory.post_title(holding.post), language) if holding and holding.post else ""
        found.append(Found(person.id, person.name, " · ".join(filter(None, (say(department.title, language) if department else "", post)))))
    return found


def find_options(field: Field, text: str, language: str) -> list[Found]:
    """Options by what they are called, as it is written or typed."""
    wanted = text.lower().replace(" ", "")
    hits = [option for option in field.options if any(wanted in words for words in _spellings(say(option.title, language)))]
    return [Found(option.value, say(option.title, language)) for option in hits[:MOST_FOUND]]


@lru_cache(4096)
def _spellings(title: str) -> tuple[str, ...]:
    return (title.lower().replace(" ", ""), *pinyin.spell(title))


def find_regions(text: str) -> list[tuple[str, str]]:
    """Divisions whose name holds every word of ``text``, provinces and cities before districts."""
    wanted = text.replace("·", " ").split()
    hits = [(code, words) for code, words in _all_regions() if all(part in words for part in wanted)]
    return sorted(hits, key=lambda hit: (not hit[0].endswith("0000"), not hit[0].endswith("00"), hit[0]))[:MOST_FOUND]


@lru_cache(1)
def _all_regions() -> list[tuple[str, str]]:
    below = [region for province in regions.provinces() for region in regions.children(province.code)]
    districts = [region for city in below for region in regions.children(city.code)]
    return [(region.code, regions.name(region.code)) for region in (*regions.provinces(), *below, *districts)]


def _departments(conn: sa.Connection, language: str) -> list[Found]:
    rows = conn.execute(sa.select(t.department.c.id, t.department.c.title).where(~t.department.c.retired).order_by(t.department.c.position))
    return [Found(row.id, say(row.title, language)) for row in rows]

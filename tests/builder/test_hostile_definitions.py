"""Whatever is handed to `check`, it answers soon, with problems at places, and never with a traceback."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import corpus

from builder import compile
from builder.compile import Compiled
from builder.workspace import Workspace
from workflows import program
from workflows.app import release

EXAMPLES = Path(__file__).parents[2] / "examples"
#: one file of each kind, by where the workspace has it
KINDS = {
    "app": "apps/demo/app.yaml",
    "form": "apps/demo/form.yaml",
    "flow": "apps/demo/flow.yaml",
    "english": "apps/demo/i18n/en.yaml",
    "scenario": "apps/demo/tests/basic.yaml",
    "org": "org/org.yaml",
    "calendar": "calendar/2026.yaml",
    "dictionary": "dictionaries/colours.yaml",
}
BASE = {path.relative_to(corpus.BASE).as_posix(): path.read_bytes() for path in sorted(corpus.BASE.rglob("*.yaml"))}
#: real files to mutate: pieces that belong together more often than what a generator makes up
REAL = {kind: (corpus.BASE / path).read_text("utf-8") for kind, path in KINDS.items()}
REAL["form"] = (EXAMPLES / "apps/leave/form.yaml").read_text("utf-8")
REAL["flow"] = (EXAMPLES / "apps/vehicle/flow.yaml").read_text("utf-8")


def check(kind: str, text: str | bytes) -> Compiled:
    """The base workspace with one file replaced; every problem has a place, a code and words in both languages."""
    content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    compiled = compile.compile_files(Workspace(name="", files={**BASE, KINDS[kind]: content}))
    lines = content.count(b"\n") + content.count(b"\r") + 2
    for problem in compiled.problems:
        assert 1 <= problem.place.line <= (lines if problem.place.file == KINDS[kind] else 999)
        assert problem.place.column >= 1
        assert problem.code
        assert problem.message["zh"]
        assert problem.message["en"]
        assert problem.render("zh")
    for app in compiled.apps.values():
        # an App exists only if everything resolves
        assert program.load(release(app)).ready().app.id == app.id
    return compiled


@st.composite
def mutated(draw: st.DrawFn, text: str) -> str:
    """A real file with some lines or characters dropped, doubled, moved or replaced."""
    for _ in range(draw(st.integers(1, 4))):
        lines = text.split("\n")
        at, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(("drop", "double", "swap", "insert", "cut", "indent"))):
            case "drop":
                del lines[at]
            case "double":
                lines.insert(other, lines[at])
            case "swap":
                lines[at], lines[other] = lines[other], lines[at]
            case "insert":
                place = draw(st.integers(0, len(lines[at])))
                piece = draw(st.sampled_from(PIECES) | st.text(max_size=5))
                lines[at] = lines[at][:place] + piece + lines[at][place:]
            case "cut":
                place = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:place] + lines[at][place + draw(st.integers(1, 12)) :]
            case _:
                lines[at] = draw(st.sampled_from(("  ", "    ", "\t"))) + lines[at]
        text = "\n".join(lines) or "\n"
    return text


PIECES = (
    ": ", "- ", "{", "}", "[", "]", "'", '"', "|", ">", "&a ", "*a", "!x ", "? ", "#", "\n", "null", "~", "no", "0123", "1e9", "99999999999999999999",
    "：", "“", "\ufeff", "\u2028", "has(answered.", "head_of(", " && ", "yuan(", "user(", "otherwise:", "steps: []", "x-visible: ", "{a: {b: {c: d}}}",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_text_yields_problems_at_places_or_passes(kind: str, data: st.DataObject) -> None:
    """Arbitrary text, as characters and as bytes."""
    check(kind, data.draw(st.text() | st.binary() | st.lists(st.sampled_from(PIECES), max_size=30).map("".join)))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_damaged_file_yields_problems_at_places_or_passes(kind: str, data: st.DataObject) -> None:
    """What editing by hand leads to."""
    check(kind, data.draw(mutated(REAL[kind])))


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=4000, deadline=None)
@given(data=st.data())
def test_a_damaged_file_at_length(kind: str, data: st.DataObject) -> None:
    """The same for longer."""
    check(kind, data.draw(mutated(REAL[kind])))


FIELDS = "type: object\nproperties:\n"
EXPRESSION = FIELDS + "  a: {title: 甲, type: integer}\n  b: {title: 乙, type: boolean, x-compute: '%s'}\n"
HOSTILE: dict[str, tuple[str, Callable[[], str | bytes], str]] = {
    "nested 20,000 deep": ("form", lambda: "[" * 20_000, "too-deep"),
    "nested 20,000 deep in blocks": ("flow", lambda: "".join(" " * n + "-\n" for n in range(300)) + "- " * 20_000, "too-deep"),
    "an alias bomb": (
        "form",
        lambda: (
            "a: &a [x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
        ),
        "yaml-alias",
    ),
    "a million options": (
        "form",
        lambda: FIELDS + "  a:\n    title: 甲\n    type: string\n    enum: [" + "x," * 1_000_000 + "]\n",
        "too-large",
    ),
    "a hundred thousand options": (
        "form",
        lambda: FIELDS + "  a:\n    title: 甲\n    type: string\n    enum: [" + "x," * 100_000 + "]\n",
        "too-many-nodes",
    ),
    "three thousand fields": ("form", lambda: FIELDS + "".join(f"  f{n}: {{title: 甲}}\n" for n in range(3_000)), "too-many-problems"),
    "five thousand steps": (
        "flow",
        lambda: "start: {who: everyone}\nsteps:\n" + "".join(f"  - approve: s{n}\n" for n in range(5_000)),
        "out-of-range",
    ),
    "a million bytes of nothing": ("app", lambda: " " * 1_000_000, "too-large"),
    "not UTF-8": ("app", lambda: "title: 出差".encode("gbk"), "not-utf-8"),
    "UTF-16": ("app", lambda: "title: 出差".encode("utf-16"), "not-utf-8"),
    "control characters": ("app", lambda: "title: \x00\x01\x02" * 5_000, "hidden-character"),
    "a pattern of nested repeats": (
        "form",
        lambda: FIELDS + "  a: {title: 甲, type: string, pattern: '((((a{1,99}){1,99}){1,99}){1,99}){1,99}'}\n",
        "bad-pattern",
    ),
    "an expression of brackets": ("form", lambda: EXPRESSION % ("(" * 900 + "1" + ")" * 900), "expression"),
    "an expression of signs": ("form", lambda: EXPRESSION % ("!" * 1_999), "expression"),
    "an expression of macros": ("form", lambda: EXPRESSION % ("[1].all(x, " * 100 + "true" + ")" * 100), "expression"),
    "one line of half a megabyte": ("app", lambda: "title: " + "长" * 150_000, "out-of-range"),
    "half a megabyte of merge keys": ("app", lambda: "<<: {a: b}\n" * 40_000, "too-many-nodes"),
    "a thousand equal keys": ("app", lambda: "title: x\n" * 9_000, "duplicate-key"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_within_a_second(name: str) -> None:
    """Deep, large, explosive and unreadable files: a reason with a place, and no time lost (of the processor: others may be busy)."""
    kind, make, code = HOSTILE[name]
    text = make()
    began = time.process_time()
    compiled = check(kind, text)
    took = time.process_time() - began
    assert any(code in problem.code for problem in compiled.problems), [problem.code for problem in compiled.problems][:5]
    assert took < 1


def test_a_pattern_that_backtracks_elsewhere_takes_no_time() -> None:
    """`^(a+)+$` is an ordinary pattern here: it runs in linear time, when a default is held against it too."""
    text = FIELDS + "  a: {title: 甲, type: string, pattern: '^(a+)+$', default: '" + "a" * 400 + "b'}\n"
    began = time.process_time()
    assert not any(problem.code == "bad-pattern" for problem in check("form", text).problems)
    assert time.process_time() - began < 1


def test_links_and_foreign_folders_are_not_followed(tmp_path: Path) -> None:
    """A definition cannot read a file outside its workspace."""
    root = corpus.lay_out({}, tmp_path / "w")
    (root / "apps/demo/form.yaml").unlink()
    (root / "apps/demo/form.yaml").symlink_to("/etc/passwd")
    (root / "apps/linked").symlink_to(root / "apps/demo")
    (root / "dictionaries/more.yaml").symlink_to(root / "nowhere")
    compiled = compile.compile_workspace(root)
    linked = [problem.place.file for problem in compiled.problems if problem.code == "symbolic-link"]
    assert [Path(file).relative_to(root).as_posix() for file in linked] == ["apps/demo/form.yaml", "apps/linked", "dictionaries/more.yaml"]
    assert compiled.apps == {}


def test_a_folder_that_is_none_or_holds_nothing_is_said(tmp_path: Path) -> None:
    """Checking the wrong folder is a problem, not success."""
    for folder in (tmp_path / "nowhere", tmp_path):
        assert [problem.code for problem in compile.compile_workspace(folder).problems] == ["not-a-workspace"]


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading stops at the limit."""
    monkeypatch.setattr("builder.workspace.MAX_FILES", 3)
    compiled = compile.compile_workspace(corpus.lay_out({}, tmp_path / "w"))
    assert "too-many-files" in {problem.code for problem in compiled.problems}


def test_the_folder_of_one_app_can_be_checked_by_itself() -> None:
    """`check apps/demo` uses the people around it, and says nothing of other apps."""
    compiled = compile.compile_workspace(corpus.BASE / "apps/demo")
    assert (list(compiled.apps), compiled.problems) == (["demo"], [])
    assert compiled.organisation is not None


@pytest.mark.parametrize("name", ["unknown-app", "call-cycle", "different-kind-across-apps"])
def test_an_app_that_is_checked_by_itself_is_held_against_those_it_calls(name: str, tmp_path: Path) -> None:
    """What is said of its calls is the same as of the whole workspace, and nothing is said of the other app."""
    root = corpus.lay_out(corpus.read(corpus.CASES / f"err/{name}.yaml").written, tmp_path / "w")
    found = [compile.compile_workspace(path) for path in (root, root / "apps/demo")]
    whole, alone = ([(p.place.line, p.place.column, p.code) for p in of.problems if "demo" in p.place.file] for of in found)
    assert alone == whole
    assert len(found[1].problems) == len(alone) > 0
    assert list(found[1].apps) == []

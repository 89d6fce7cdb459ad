"""What holds for every template: English for every word, nothing the strict policy would refuse, only our own addresses."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

import templates
from templates.environment import STATIC, environment, icons, messages

FOLDER = Path(templates.__file__).parent
FILES = sorted(FOLDER.rglob("*.html"))
NAMES = [path.relative_to(FOLDER).as_posix() for path in FILES]


def calls(path: Path, name: str) -> list[nodes.Call]:
    tree = Environment(autoescape=True).parse(path.read_text("utf-8"))
    return [call for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name) and call.node.name == name]


def words() -> set[str]:
    return {call.args[0].value for path in FILES for call in calls(path, "_")}  # type: ignore[attr-defined] - constants, as the test below proves


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_words_are_constant(path: Path) -> None:
    """A word that is worked out could be missing in English without anybody noticing."""
    assert all(isinstance(call.args[0], nodes.Const) and len(call.args) == 1 for call in calls(path, "_"))


def test_no_word_lacks_english_and_none_is_left_over() -> None:
    """The catalogue says exactly what the templates say."""
    assert words() - messages("en").keys() == set()
    assert messages("en").keys() - words() == set()
    assert [text for text, english in messages("en").items() if re.search("[一-鿿]", english) and text != "English"] == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_templates_compile(name: str, language: str) -> None:
    assert environment(language).get_template(name)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_templates_keep_to_the_policy(path: Path) -> None:
    """No inline script or style, no handler, nothing of htmx that needs eval, no address elsewhere."""
    text = path.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"hx-on|js:|hx-vals='js|morph:\{|hx-trigger=\"[^\"]*\[", text)
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_posts_carry_the_token(path: Path) -> None:
    """Each form that changes something sends the token of the session."""
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text("utf-8"), re.DOTALL):
        # the designer's forms send it with the rest of what each of them sends
        assert 'name="_csrf"' in form or "{{ at(view" in form


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_pictures_are_in_the_sprite(path: Path) -> None:
    named = {call.args[0].value for call in calls(path, "icon") if isinstance(call.args[0], nodes.Const)}
    assert named - icons() == set()


def test_constant_words_and_pictures_are_settled_when_compiling() -> None:
    """A page does not look them up: the compiled template has them."""
    source = environment("en").compile((FOLDER / "base.html").read_text("utf-8"), raw=True)
    assert "Skip to content" in source
    assert "跳到主内容" not in source
    assert "#search" in source


@pytest.mark.parametrize("folder", [STATIC, Path(__file__).parents[1] / "vendor"], ids=["static", "tests"])
def test_vendored_files_are_what_was_fetched(folder: Path) -> None:
    """Version, licence and checksum of everything that is not ours."""
    record = folder / "vendor" / "VENDORED.json" if folder == STATIC else folder / "VENDORED.json"
    entries = json.loads(record.read_text("utf-8"))["files"]
    for entry in entries:
        assert entry["version"]
        assert entry["licence"]
        assert "sha256:" + hashlib.sha256((folder / entry["file"]).read_bytes()).hexdigest() == entry["checksum"], entry["file"]
    kept = {path.name for path in record.parent.iterdir() if path.suffix == ".js"}
    assert kept <= {Path(entry["file"]).name for entry in entries}


def test_the_style_sheet_is_small_and_old_browsers_read_it() -> None:
    """Chromium 109 has no nesting, color-mix or light-dark, and the budget is 9.5 KB."""
    import gzip

    text = (STATIC / "app.css").read_text("utf-8")
    assert not re.search(r"color-mix\(|light-dark\(|oklch\(|@layer|(?m:^\s*&)", text)
    assert len(gzip.compress(text.encode(), 9)) < 9.5 * 1024

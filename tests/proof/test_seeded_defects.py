"""Defects of every kind, seeded into the example apps: check finds them, and says nothing of the apps as they are."""

import random
import re
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml
from support import seeding

from builder import compile, workspace
from builder.problems import Problems
from builder.workspace import Workspace

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
APPS = sorted(folder for folder in (EXAMPLES / "apps").iterdir() if folder.is_dir())
#: what is seeded of each kind into each app
PER_APP = 1
#: the kinds with their codes, as the reference lists them
KINDS = dict(re.findall(r"^\| `([a-z-]+)` \| .* \| `([a-z-]+)` \|$", (ROOT / "docs/reference/proof.md").read_text("utf-8"), re.MULTILINE))


def test_every_kind_of_the_reference_has_an_operator() -> None:
    """And no other: what is seeded is what is listed."""
    assert set(KINDS) == set(seeding.OPERATORS)
    assert len(KINDS) >= 25


def laid_out() -> dict[str, bytes]:
    problems = Problems()
    found = workspace.read(EXAMPLES, problems)
    assert not problems.in_order()
    return dict(found.files)


def check(files: dict[str, bytes], app: str) -> tuple[set[str], bool]:
    """The codes of all that is said about ``app``, and whether it may be published."""
    kept, beside = ("org/", "calendar/", "dictionaries/", f"apps/{app}/"), tuple(f"/{name}" for name in workspace.BESIDE)
    left_out = ("/tests/", "/i18n/", "/print/")
    own = {
        name: content
        for name, content in files.items()
        if (name.startswith(kept) or name.endswith(beside)) and not any(part in name for part in left_out)
    }
    found = compile.compile_files(Workspace("", own, app))
    return {problem.code for problem in found.problems} - {"untranslated"}, app in found.apps


@pytest.mark.parametrize("folder", APPS, ids=lambda folder: folder.name)
def test_nothing_is_said_of_an_app_as_it_is(folder: Path) -> None:
    """No false alarm."""
    assert check(laid_out(), folder.name) == (set(), True)


def test_at_least_95_of_100_seeded_defects_are_found(capsys: pytest.CaptureFixture[str], soak: bool) -> None:
    """Of every kind of the reference: in one app that has a place for it, and with --soak in every app. Which are missed is shown."""
    rng = random.Random(20261124)
    files = laid_out()
    sources = {folder.name: seeding.read(folder, EXAMPLES / "org") for folder in APPS}
    seeds: Counter[str] = Counter()
    missed: list[str] = []
    for kind, code in KINDS.items():
        found = [(app, seed) for app, own in sources.items() for seed in seeding.sample(own, kind, PER_APP, rng)]
        for app, seed in found if soak else rng.sample(found, 1):
            said, _ = check(files | written(app, seeding.seeded(sources[app], seed)), app)
            seeds[kind] += 1
            if code not in said:
                missed.append(f"{app} {kind}: {sorted(said)}")
    total = sum(seeds.values())
    with capsys.disabled():
        head = f"{total} defects of {len(seeds)} kinds seeded, {total - len(missed)} found"
        sys.stdout.write("\n".join(["", head, *missed, ""]))
    assert set(seeds) == set(KINDS), set(KINDS) - set(seeds)
    assert not soak or total >= 300
    assert len(missed) <= total * 0.05, missed


def written(app: str, changed: seeding.Files) -> dict[str, bytes]:
    """The files that a seed may have changed."""
    files = {f"apps/{app}/{name}": changed[name] for name in ("flow.yaml", "form.yaml")} | {"org/roles.yaml": changed["roles"]}
    return {name: yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False).encode() for name, data in files.items()}

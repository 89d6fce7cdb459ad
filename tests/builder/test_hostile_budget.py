"""Hostile definitions (security.md D1 to D5) are refused at a place, in less than a second and 200 MiB; the benign twin of each passes.

`tests/cases/hostile` holds them as the golden corpus does; `.out` says where and with which code. Each is checked by the command in a
process of its own, so that time and memory are those of this one; forked, so that Python's start counts for none.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import corpus

ROOT = Path(__file__).parents[2]
HOSTILE = sorted((corpus.CASES / "hostile").glob("*.yaml"))
ERROR = re.compile(r"^::error file=(.*?),line=(\d+),col=(\d+),endColumn=\d+,title=([a-z0-9-]+)::", re.MULTILINE)
#: seconds of the processor over a check of the small workspace, and MiB
SECONDS, MEMORY = 1.0, 200


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each check said and took, by the name of its folder."""
    root = tmp_path_factory.mktemp("hostile")
    corpus.lay_out({}, root / "empty")
    for path in HOSTILE:
        case = corpus.read(path)
        corpus.lay_out(case.written, root / f"{path.stem}.bad")
        corpus.lay_out(case.written | case.fixed, root / f"{path.stem}.good")
    names = sorted(folder.name for folder in root.iterdir())
    script = str(ROOT / "tests/support/measured.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, script, *names], cwd=root, env=environment, capture_output=True, text=True, check=True)
    return dict(zip(names, map(json.loads, ran.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_a_hostile_definition_is_refused_at_a_place_within_the_budget(
    path: Path, costs: dict[str, dict[str, Any]], request: pytest.FixtureRequest
) -> None:
    """With exit code 1, and the places and codes that stand beside the case."""
    cost = costs[f"{path.stem}.bad"]
    places = list(dict.fromkeys(f"{file}:{line}:{column} {code}" for file, line, column, code in ERROR.findall(cost["said"])))
    said = "".join(f"{place.removeprefix(f'{path.stem}.bad/')}\n" for place in places[:10])
    if request.config.getoption("--accept"):
        path.with_suffix(".out").write_text(said, "utf-8")
    assert (cost["code"], said) == (1, path.with_suffix(".out").read_text("utf-8"))
    assert places
    assert cost["seconds"] - costs["empty"]["seconds"] < SECONDS
    assert cost["memory"] < MEMORY


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_its_benign_twin_passes_within_the_budget(path: Path, costs: dict[str, dict[str, Any]]) -> None:
    """What looks like it and is right is no victim of the refusal."""
    cost = costs[f"{path.stem}.good"]
    assert (cost["code"], ERROR.findall(cost["said"])) == (0, [])
    assert cost["seconds"] - costs["empty"]["seconds"] < SECONDS
    assert cost["memory"] < MEMORY

"""Measures the project against references in the same run: prints a table, writes bench/latest.json.

The server is pinned to one core and the load to another; reference and pages take turns; medians of the ratios count.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from bench import city, load, scenarios, steps, workspaces
from bench.result import Result

ROOT = Path(__file__).resolve().parent.parent
LATEST = ROOT / "bench/latest.json"
#: what to reach at least, and at most
GOALS = {"todo_page": 0.7, "form_page": 1.0, "submit": 0.35, **steps.GOALS}
CEILINGS = {"idle_mib": 100.0, **steps.CEILINGS, **scenarios.CEILINGS, **workspaces.CEILINGS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="reference and pages in turn, this often")
    parser.add_argument("--only", choices=["pages", "steps", "scenarios", "workspaces"], help="one part of it")
    parser.add_argument("--quick", action="store_true", help="grow to fifty thousand cases instead of a million, for trying")
    chosen = parser.parse_args()
    results: dict[str, Result] = {}
    with tempfile.TemporaryDirectory() as folder:
        if chosen.only in (None, "pages"):
            if shutil.which("wrk") is None:
                sys.exit("wrk is needed: apt-get install wrk")
            results |= pages(Path(folder), chosen.seconds, chosen.rounds)
        if chosen.only in (None, "steps"):
            results |= steps.figures(Path(folder), chosen.seconds, chosen.rounds, quick=chosen.quick)
    if chosen.only in (None, "scenarios"):
        results |= scenarios.figures(chosen.rounds)
    if chosen.only in (None, "workspaces"):
        results |= workspaces.figures(chosen.rounds)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    LATEST.write_text(json.dumps({"commit": commit, "results": {k: r._asdict() for k, r in results.items()}}, indent=2) + "\n", "utf-8")
    for name, result in results.items():
        goal = f"at least {GOALS[name]:g}" if name in GOALS else f"at most {CEILINGS[name]:g}" if name in CEILINGS else ""
        print(f"{name:24} {result.value:9.2f} {result.unit:8} {goal:14} {result.reference}")


def pages(folder: Path, seconds: int, rounds: int) -> dict[str, Result]:
    """The to-do page, the form page and the submission, each against the bare page; and what an idle worker holds."""
    data = folder / "data"
    data.mkdir()
    built = city.build(data)
    ours, bare = load.free_port(), load.free_port()
    serve = [sys.executable, str(ROOT / "app.py"), "serve", "--port", str(ours)]
    plain = [sys.executable, "-m", "uvicorn", "bench.bare_page:app", "--port", str(bare), "--no-access-log", "--log-level", "warning"]
    with (
        load.server(serve, ours, "/healthz", DABASHOU_DATA=str(data), DABASHOU_DEMO="true") as worker,
        load.server(plain, bare, "/", PYTHONPATH=str(ROOT)),
    ):
        idle = load.resident_mib(worker.pid)
        base = f"http://127.0.0.1:{ours}"
        reference = f"http://127.0.0.1:{bare}/"
        script = submission(folder, built.sessions[city.APPLICANT].csrf)
        signed_in = {person: {"Cookie": f"dabashou={fresh.token}"} for person, fresh in built.sessions.items()}
        measured: dict[str, Callable[[], float]] = {
            "todo_page": lambda: load.rate(f"{base}/tasks", seconds, headers=signed_in[city.APPROVER]),
            "form_page": lambda: load.rate(f"{base}/apps/bench-form/new", seconds, headers=signed_in[city.APPLICANT]),
            "submit": lambda: load.rate(f"{base}/apps/bench-form/new", seconds, headers=signed_in[city.APPLICANT], script=script),
        }
        ratios: dict[str, list[float]] = {name: [] for name in measured}
        rates: dict[str, list[float]] = {name: [] for name in ("bare", *measured)}
        for measure in (*measured.values(), lambda: load.rate(reference, seconds)):
            measure()  # each once without counting, so that caches are as they are in use
        for _ in range(rounds):
            for name, measure in measured.items():
                bare_rate = load.rate(reference, seconds)
                rate = measure()
                rates["bare"].append(bare_rate)
                rates[name].append(rate)
                ratios[name].append(rate / bare_rate)
    results = {
        name: Result(
            round(statistics.median(found), 3),
            "ratio",
            f"{statistics.median(rates[name]):.0f}/s against {statistics.median(rates['bare']):.0f}/s of bench/bare_page.py",
        )
        for name, found in ratios.items()
    }
    results["idle_mib"] = Result(round(idle, 1), "MiB", "resident memory of a worker that has just started")
    return results


def submission(folder: Path, csrf: str) -> Path:
    """A script for wrk: hands in the form of 25 fields, each time under a key of its own."""
    fields = {
        "topic": "测量用的申请",
        "kind": "b",
        "starts": "2026-12-01",
        "ends": "2026-12-03",
        "amount": "1280.50",
        "people": "12",
        "phone": "13800001234",
        "region": "330102",
        "colleague": "qian-yi",
        **{f"note_{n}": f"第 {n} 条说明" for n in range(1, 11)},
        "place": "政务中心",
        "email": "bench@example.org",
        "reason": "用来测量提交一份完整表单需要多少时间",
    }
    body = urlencode({"_csrf": csrf, "_action": "submit", **fields})
    script = folder / "submit.lua"
    script.write_text(
        f"""
local count, run = 0, ""
function init(args) math.randomseed(os.time()) run = tostring(math.random(1e9)) end
function request()
  count = count + 1
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  return wrk.format("POST", nil, nil, {json.dumps(body)} .. "&_key=bench-" .. run .. "-" .. count)
end
""",
        "utf-8",
    )
    return script


if __name__ == "__main__":
    main()

"""How long a thousand steps of scenarios take: what waits for `dabashou test` is a designer, at every save."""

import statistics
import time
from pathlib import Path

from bench.result import Result
from builder import compile
from builder.scenarios import running

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
STEPS = 1_000
CEILINGS = {"scenario_1000": 2.0}


def figures(rounds: int) -> dict[str, Result]:
    """Seconds for a thousand acts of the example scenarios: programs loaded, scenarios played and held against what they expect."""
    compiled = compile.compile_workspace(EXAMPLES)
    assert not compiled.errors, "the examples have errors"
    taken: list[float] = []
    done = 0
    for _ in range(max(rounds, 1)):
        done, began = 0, time.perf_counter()
        while done < STEPS:
            # loads the programs anew each time, as a new process would
            for run in running.run(compiled):
                assert not run.differences, run.title
                done += run.steps
        taken.append((time.perf_counter() - began) * STEPS / done)
    seconds = statistics.median(taken)
    return {"scenario_1000": Result(round(seconds, 2), "s", f"a thousand acts of the scenarios beside the example apps ({done} played)")}


if __name__ == "__main__":
    for name, result in figures(3).items():
        print(f"{name:24} {result.value:9.2f} {result.unit:8} at most {CEILINGS[name]:g}  {result.reference}")

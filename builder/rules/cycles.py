"""calculation-cycle: what is calculated, or shown, does not depend on itself."""

from builder.draft import AppDraft, Formula


def check(draft: AppDraft) -> None:
    reads: dict[str, dict[str, Formula]] = {}
    for formula in draft.formulas:
        if formula.purpose in ("compute", "visible") and formula.expression:
            for name in formula.expression.reads:
                reads.setdefault(formula.owner, {}).setdefault(name, formula)
    said: set[str] = set()
    for start in reads:
        circle = way_back(start, reads)
        if circle and not said & set(circle):
            said |= set(circle)
            shown = " → ".join([*circle, start])
            draft.problems.add(
                reads[start][[*circle, start][1]].node,
                "calculation-cycle",
                f"字段的计算或显示绕成了圈：{shown}",
                f"Fields are calculated or shown in a circle: {shown}",
            )


def way_back(start: str, reads: dict[str, dict[str, Formula]]) -> list[str] | None:
    """The shortest way from ``start`` back to it."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for name in reads.get(way[-1], ()):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return None

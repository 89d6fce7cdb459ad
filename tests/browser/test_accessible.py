"""Every page by axe-core: no violation, whatever the theme, the width and the language. Pairwise here, the full product in the soak."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from support import days
from support.served import PHONE, WIDE, context
from support.web import Clock

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text("utf-8")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

Variant = tuple[str, str, str]
THEMES: dict[str, dict[str, str]] = {
    "light": {"theme": "light", "care": "off"},
    "dark": {"theme": "dark", "care": "off"},
    "care": {"theme": "light", "care": "on"},
}
SIZES = {"1440": WIDE, "390": PHONE}
#: in turn for one page and the next: each page meets each theme, width and language, and all of these meet one another
TURNS: tuple[tuple[Variant, ...], ...] = (
    (("light", "1440", "zh"), ("dark", "390", "en"), ("care", "390", "zh")),
    (("light", "390", "en"), ("dark", "1440", "zh"), ("care", "1440", "en")),
)
EVERY: tuple[Variant, ...] = tuple(itertools.product(THEMES, SIZES, ("zh", "en")))


#: of the city under test alone: an app with every field there is
MORE = {"fields": (days.APPLICANT, "/apps/fields/new"), "new-petition": ("wang-haoran", "/apps/petition/new")}


@pytest.fixture(scope="module")
def found(chromium: Browser, city: str) -> dict[str, Any]:
    """The city after a few days of work."""
    return days.story(chromium, city, Clock().at.date())


def pages(found: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return days.pages(found) | MORE


def violations(chromium: Browser, city: str, found: dict[str, Any], names: list[str], variant: Variant) -> list[str]:
    """What axe finds on the pages ``names``; also anything that sticks out sideways."""
    theme, size, language = variant
    wrong: list[str] = []
    people: dict[str, days.Person] = {}
    states: dict[str, Any] = {}
    for name in names:
        who, path = pages(found)[name]
        if who not in states:
            person = days.Person(chromium.new_context(locale="zh-CN"), city, who)
            person.send("/settings", person.text("/settings"), {**THEMES[theme], "language": language})
            people[who] = person
            states[who] = person.context.storage_state()
        where = context(chromium, city, SIZES[size], storage_state=states[who], bypass_csp=True, reduced_motion="reduce")
        page = where.new_page()
        page.goto(path)
        # the list of tasks fetches the first of them
        page.wait_for_load_state("networkidle" if name == "tasks" else "load")
        page.add_script_tag(content=AXE)
        result = page.evaluate("rules => axe.run(document, rules)", RULES)
        for violation in result["violations"]:
            places = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            wrong.append(f"{name} {'/'.join(variant)}: {violation['id']}: {violation['help']}: {places}")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wrong.append(f"{name} {'/'.join(variant)}: {over} px wider than the window")
        where.close()
    # the city is shared: others find it as they expect
    for person in people.values():
        person.send("/settings", person.text("/settings"), {"theme": "auto", "care": "off", "language": "zh"})
    return wrong


@pytest.mark.parametrize("variant", sorted({variant for turn in TURNS for variant in turn}), ids="-".join)
def test_no_page_has_a_violation(chromium: Browser, city: str, found: dict[str, Any], variant: Variant) -> None:
    names = [name for number, name in enumerate(pages(found)) if variant in TURNS[number % len(TURNS)]]
    wrong = violations(chromium, city, found, names, variant)
    assert not wrong, "\n".join(wrong)


@pytest.mark.soak
@pytest.mark.parametrize("variant", EVERY, ids="-".join)
def test_no_page_has_a_violation_in_any_dress(chromium: Browser, city: str, found: dict[str, Any], variant: Variant) -> None:
    wrong = violations(chromium, city, found, list(pages(found)), variant)
    assert not wrong, "\n".join(wrong)


def test_answers_to_what_was_sent_have_no_violation(chromium: Browser, city: str, found: dict[str, Any]) -> None:
    """Refusals, results and what came too late: answers to a POST, shown at an address of the city."""
    assert found
    for number, (name, answer) in enumerate(days.doors(chromium, city).items()):
        page = context(chromium, city, list(SIZES.values())[number % 2], bypass_csp=True, reduced_motion="reduce").new_page()
        page.route("**/answered", lambda route, _, answer=answer: route.fulfill(body=answer, content_type="text/html; charset=utf-8"))
        page.goto("/answered")
        page.add_script_tag(content=AXE)
        wrong = [
            (v["id"], [n["html"][:160] for n in v["nodes"]])
            for v in page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
        ]
        assert wrong == [], name
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, name


def test_the_sign_in_page_has_no_violation(chromium: Browser, city: str) -> None:
    for size in SIZES.values():
        page = context(chromium, city, size, bypass_csp=True).new_page()
        page.goto("/sign-in")
        page.add_script_tag(content=AXE)
        assert page.evaluate("rules => axe.run(document, rules)", RULES)["violations"] == []

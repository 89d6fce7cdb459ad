"""Remakes docs/screenshots: the example city is served, a few days of work are done in it, and every page is looked at.

`python -m docs.screenshots [NAME…]`; names choose pages. Uses the browser that `tests/browser_ready.py` finds.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
SHOTS = ROOT / "docs" / "screenshots"

sys.path.insert(0, str(ROOT / "tests"))

from browser_ready import launch  # noqa: E402 - beside the tests, which use the same browser
from support.days import Person, pages, story  # noqa: E402

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@contextlib.contextmanager
def city() -> Iterator[str]:
    """The address of a freshly served example city."""
    with tempfile.TemporaryDirectory() as data, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = {**os.environ, "DABASHOU_DATA": data}
        command = [sys.executable, str(ROOT / "app.py"), "serve", "--demo", "--port", str(port)]
        server = subprocess.Popen(command, env=environment, cwd=data, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
        try:
            assert server.stdout is not None
            for line in server.stdout:
                if line.startswith("http://"):
                    break
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)


def look(page: Page, base: str, path: str, file: Path) -> None:
    page.goto(base + path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file)


def main(chosen: list[str]) -> None:
    SHOTS.mkdir(exist_ok=True)
    began = time.monotonic()
    with city() as base, sync_playwright() as playwright:
        browser = launch(playwright)
        found = story(browser, base, date.today())  # noqa: DTZ011 - the day on the wall of whoever runs this
        people: dict[str, Person] = found["people"]
        for width, size, scale in (("1440", WIDE, 1.0), ("390", PHONE, 1.5)):
            guest = browser.new_context(viewport=size, device_scale_factor=scale, locale="zh-CN").new_page()
            if not chosen or "sign-in" in chosen:
                look(guest, base, "/sign-in", SHOTS / f"sign-in-{width}.png")
            for name, (who, path) in pages(found).items():
                if chosen and name not in chosen:
                    continue
                state = people[who].context.storage_state()
                context = browser.new_context(viewport=size, device_scale_factor=scale, storage_state=state, locale="zh-CN")
                look(context.new_page(), base, path, SHOTS / f"{name}-{width}.png")
                context.close()
            for variant, choice in (
                ("dark", {"theme": "dark"}),
                ("care", {"care": "on", "theme": "light"}),
                ("en", {"language": "en", "care": "off"}),
            ):
                for name in ("task", "fill"):
                    if chosen and f"{name}-{variant}" not in chosen:
                        continue
                    who, path = pages(found)[name]
                    person = people[who]
                    person.send("/settings", person.text("/settings"), choice)
                    context = browser.new_context(viewport=size, device_scale_factor=scale, storage_state=person.context.storage_state())
                    look(context.new_page(), base, path, SHOTS / f"{name}-{variant}-{width}.png")
                    context.close()
                    person.send("/settings", person.text("/settings"), {"theme": "auto", "care": "off", "language": "zh"})
        browser.close()
    sys.stdout.write(f"{len(list(SHOTS.glob('*.png')))} screenshots in {SHOTS}, {time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    main(sys.argv[1:])

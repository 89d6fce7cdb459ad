"""Finds a browser for the tests, or gets one, and says which: on the machine, else Debian's package, else Playwright's download.

`python tests/browser_ready.py` does this before the tests; they call `launch` and find what it found.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
#: as root Chromium refuses its sandbox; a container has little /dev/shm
OPTIONS = ["--disable-dev-shm-usage", "--force-color-profile=srgb", "--hide-scrollbars", "--lang=zh-CN"]


def on_the_machine() -> str | None:
    """The path of an installed Chromium; DABASHOU_BROWSER names another."""
    named = os.environ.get("DABASHOU_BROWSER")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    """A browser that has been made ready. Raises playwright.sync_api.Error when there is none."""
    options = [*OPTIONS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else OPTIONS
    return playwright.chromium.launch(executable_path=on_the_machine(), args=options)


def works() -> str | None:
    """The version of the browser that starts; None when none does."""
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            version = browser.version
            browser.close()
    except Error:
        return None
    return version


def debian_package() -> bool:
    """Installs Debian's Chromium, where that is possible."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    steps = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])
    return all(subprocess.run(step, env=quiet, stdout=subprocess.DEVNULL, check=False).returncode == 0 for step in steps)


def chinese_letters() -> bool:
    """Whether some font has Chinese; tries Debian's package where none has."""

    def there() -> bool:
        listed = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, check=False) if shutil.which("fc-list") else None
        return bool(listed and listed.stdout.strip())

    if there():
        return True
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "fonts-noto-cjk"], stdout=subprocess.DEVNULL, check=False
        )
    return there()


def main() -> int:
    where = "on the machine"
    version = works()
    if version is None and debian_package():
        where, version = "Debian's package", works()
    if version is None:
        done = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        where, version = "Playwright's download", works() if done.returncode == 0 else None
    if version is None:
        sys.stderr.write("没有可用的浏览器：请安装 chromium。  No browser: install chromium, or set DABASHOU_BROWSER.\n")
        return 1
    path = Path(on_the_machine() or "").name or "chromium"
    sys.stdout.write(f"浏览器 Browser: {path} {version} ({where})\n")
    if not chinese_letters():
        sys.stderr.write("没有中文字体，截图会缺字。  No Chinese font: screenshots will lack letters.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

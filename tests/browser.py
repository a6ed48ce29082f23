"""A real Chromium for the tests of pages; where there is none they are skipped and say so."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

LOST = "resolved-then-fires"
"""The property that the lost re-registration breaks."""

NAMES = ("chromium", "chromium-browser", "google-chrome")


def executable() -> str | None:
    """Give the browser of this machine: BGSYNC_CHROMIUM, or the first one on the path."""
    return os.environ.get("BGSYNC_CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def started() -> Iterator[Browser]:
    """Start a browser, where there is one without a window, which takes less time. Skips the test where none is."""
    path = os.environ.get("BGSYNC_CHROMIUM") or shutil.which("chromium-headless-shell") or executable()
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium, or set BGSYNC_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watched:
    """A page that was opened from a file or an address, with every request and every error that it made."""

    def __init__(
        self, browser: Browser, file: Path | str, fragment: str = "", width: int = 1280, dark: bool = False
    ) -> None:
        self.context: BrowserContext = browser.new_context()
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        self.page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))
        self.show(file, fragment, width, dark)

    def show(self, file: Path | str, fragment: str = "", width: int = 1280, dark: bool = False) -> None:
        """Open another page in its place, as if it were the first: to start a process for each takes longer."""
        self.page.goto("about:blank")
        self.requests.clear()
        self.errors.clear()
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        self.address = file if isinstance(file, str) else file.resolve().as_uri()
        self.page.goto(self.address + fragment)

    @property
    def fragment(self) -> str:
        """What stands after the # of the address."""
        return self.page.url.partition("#")[2]

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

"""The site: what the playground says, and that reading needs nothing but Python; built strictly, and in a browser."""

import functools
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests import browser
from tests.browser import Watched
from tests.specs import PRINT_QUEUE

ROOT = Path(__file__).parents[1]
SITE = ROOT / "docs" / "site"
PLAYGROUND = SITE / "pages" / "playground"
TELL = "import sys; sys.path[:0] = sys.argv[1:]; import playground; print(playground.told(sys.stdin.read()))"
STRANGE = PRINT_QUEUE.replace("Append |job| to", "Apend |job| to")


def told(text: str) -> dict[str, Any]:
    """Ask the playground in a Python without any package: the browser has none, either."""
    command = [sys.executable, "-I", "-S", "-c", TELL, str(ROOT / "src"), str(PLAYGROUND)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_reading_and_structure_need_no_package_and_say_what_the_command_says() -> None:
    found = told(STRANGE)
    assert (found["title"], found["content"]) == ("Print Queue", "one-off")
    assert found["understood"] == found["total"] - 1
    (missed,) = (each for each in found["sentences"] if each["status"] == "not understood")
    assert (missed["where"], missed["wordings"]) == ("register 8.3", ["Append |job| to |owner|'s [=print queue=]"])
    assert ("broken", "missing-task") in {(each["level"], each["of"]) for each in found["findings"]}
    broken = told(STRANGE + "</section>\n")["findings"]
    assert [each["of"] for each in broken if each["line"] == 64] == ["well-nested"], "and not once more as markup"
    assert found["lifecycle"]["states"] == ["queued", "paused", "printing"]
    rows = [(each["becomes"], each["when"]) for each in found["lifecycle"]["rows"]]
    assert rows == [
        ("printing", "start printing"),
        ("gone", "the event is fulfilled"),
        ("paused", "the event is rejected"),
        ("queued", "the wait ends"),
    ]


@pytest.mark.parametrize(
    "text", ["", "\x00\x01", "just words", "<div algorithm>" * 3000, "\ud800".encode("utf-8", "replace").decode()]
)
def test_what_is_no_spec_is_answered_all_the_same(text: str) -> None:
    found = told(text)
    assert found.get("problem") or {each["status"] for each in found["sentences"]} <= {"remark"}


# --- as it is built


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs", reason="needs the extra docs")
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "-q",
        "--strict",
        "-f",
        str(SITE / "mkdocs.yml"),
        "-d",
        str(folder),
    ]
    done = subprocess.run(command, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.campaign
def test_the_site_is_built_strictly_and_has_every_page_and_every_word(built: Path) -> None:
    for page in ("index.html", *(f"docs/{path.stem}/index.html" for path in (ROOT / "docs").glob("*.md"))):
        said = re.sub(r"<pre>.*?</pre>", "", (built / page).read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"^\s*(\* |\d+\. |\|)", said, re.MULTILINE), f"{page}: a list or a table is none"
    assert ">resolved-then-fires<" in (built / "glossary/index.html").read_text(encoding="utf-8")
    assert 'id="bgsync.api.check"' in (built / "interface/index.html").read_text(encoding="utf-8")
    assert (built / "diagrams" / "lifecycle.svg").is_file()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(built)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.started() as found:
        yield found


@pytest.mark.campaign
@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (830, True), (390, False)])
@pytest.mark.parametrize("page", ["", "docs/first-edit/", "docs/reading/", "diagrams/", "glossary/"])
def test_pages_fit_their_window_and_ask_nobody_else(
    chromium: Browser, address: str, page: str, width: int, dark: bool
) -> None:
    found = Watched(chromium, address + page, width=width, dark=dark)
    expect(found.page.locator("h1")).to_be_visible()
    assert found.overflow <= 0
    assert found.errors == []
    assert all(request.startswith(address) for request in found.requests), found.requests
    found.context.close()


@pytest.mark.campaign
@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(1280, True), (390, False)])
def test_the_playground_reads_what_is_written_by_keyboard_alone_and_asks_nobody_else(
    chromium: Browser, address: str, built: Path, width: int, dark: bool
) -> None:
    if not (built / "playground" / "pyodide").is_dir():
        pytest.skip("no Pyodide: npm install in docs/site fetches it")
    found = Watched(chromium, address + "playground/", width=width, dark=dark)
    page, status = found.page, found.page.get_by_role("status")
    text = page.get_by_label("The text")
    expect(status).to_contain_text("10 of 11 sentences understood", timeout=60_000)
    broken = page.get_by_role("region", name="What is found as it stands")
    expect(broken).to_contain_text("never settles 'promise'")
    expect(page.get_by_role("region", name="What each sentence was read as")).to_contain_text(
        "this would be understood: Remove |coat| from |owner|'s [=rack=]"
    )
    expect(page.get_by_role("region", name="Lifecycle of a coat")).to_contain_text("called")
    broken.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(text).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "<dfn>lost</dfn>. It is initially set to [=hanging=]."
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(STRANGE.replace("Title: Print Queue", "Title: <img src=x onerror=alert(1)>"))
    expect(status).to_contain_text("<img src=x onerror=alert(1)>: ", timeout=30_000)
    expect(page.locator("#playground img")).to_have_count(0)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    expect(status).to_contain_text("This cannot be read: ", timeout=30_000)
    assert found.overflow <= 0
    assert found.errors == []
    assert all(request.startswith((address, "blob:")) for request in found.requests), found.requests
    found.context.close()

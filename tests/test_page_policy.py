"""The second wall of the page of a report: markup that got in past all escaping does nothing, in a real browser."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import LOST, Watched

WAYS = {
    "a script": "<script>window.hurt = true</script>",
    "a module": "<script type=module>window.hurt = true</script>",
    "an image that fails": "<img src=x onerror='window.hurt = true'>",
    "a drawing that is loaded": "<svg onload='window.hurt = true'></svg>",
    "a box that opens": "<details open ontoggle='window.hurt = true'><p>a</p></details>",
    "a link to code": "<a id=trap href='javascript:void(window.hurt = true)'>a</a>",
    "a frame": "<iframe srcdoc='<script>parent.hurt = true</script>'></iframe>",
    "an address for code": "<base href='https://example.org/'><script src='data:,window.hurt=true'></script>",
}
HIDES = "<style>body { display: none }</style><p style='display: none' id=gone>a</p>"
POLICY = re.compile(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>")


def with_markup(page: Path, folder: Path, markup: str, *, policy: bool = True) -> Path:
    text = page.read_text(encoding="utf-8").replace('<main id="main"', f'{markup}<main id="main"')
    file = folder / "hostile.html"
    file.write_text(text if policy else POLICY.sub("", text), encoding="utf-8")
    return file


def hurt(browser: Browser, file: Path) -> bool:
    """Open a page, do what a reader does, and say whether code ran that is not the page's own."""
    watched = Watched(browser, file)
    page = watched.page
    page.wait_for_load_state()
    expect(page.locator("#summary")).to_contain_text("3 promises of the text are broken.")
    page.evaluate("document.getElementById('trap')?.click()")
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    found = page.evaluate("window.hurt === true")
    watched.context.close()
    return bool(found)


@pytest.mark.parametrize("markup", WAYS.values(), ids=WAYS)
def test_code_that_got_into_the_page_does_not_run(
    browser: Browser, built_in: Path, tmp_path: Path, markup: str
) -> None:
    assert hurt(browser, with_markup(built_in, tmp_path, markup, policy=False)), "without the policy it would"
    assert not hurt(browser, with_markup(built_in, tmp_path, markup))


def test_a_style_that_got_into_the_page_hides_nothing(browser: Browser, built_in: Path, tmp_path: Path) -> None:
    bare = Watched(browser, with_markup(built_in, tmp_path, HIDES, policy=False)).page
    expect(bare.locator("h1")).to_be_hidden()
    page = Watched(browser, with_markup(built_in, tmp_path, HIDES)).page
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("#gone")).to_be_visible()


def test_the_scripts_and_styles_of_the_page_itself_are_allowed(opened: Any, built_in: Path) -> None:
    page = opened(built_in, f"#finding={LOST}&step=9").page
    expect(page.locator(".count")).to_contain_text("9 of ")
    widths = page.locator(".lanes .arrow").evaluate_all("all => all.map(e => parseFloat(e.style.width))")
    assert widths
    assert all(width > 0 for width in widths), "where an arrow ends is set by the script"
    state = page.locator(".picture .background").first
    assert state.evaluate("e => getComputedStyle(e).fill") != "rgb(0, 0, 0)", "the picture has its own colours"


def test_the_policy_allows_by_hashes_alone(built_in: Path) -> None:
    (said,) = POLICY.findall(built_in.read_text(encoding="utf-8"))
    assert "unsafe" not in said
    assert re.search(r"script-src( 'sha256-[\w+/]{43}='){4};", said)
    assert re.search(r"style-src( 'sha256-[\w+/]{43}='){2};", said)

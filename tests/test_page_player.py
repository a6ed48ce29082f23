"""The player of the page of a report, measured in a real browser: what is in view at which size, what crosses what."""

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import LOST, Watched

SIZES = {"a screen": (1280, 800), "half a screen": (830, 800), "a phone": (390, 844)}
WIDE = [pytest.param(size, id=name) for name, size in SIZES.items() if size[0] > 800]
EVERY = [pytest.param(size, id=name) for name, size in SIZES.items()]
PARTS = (".steer", ".text", ".messages", ".lifecycle", ".known")

BOXES = """selectors => selectors.map(selector => {
  const { left, top, right, bottom } = document.querySelector(selector).getBoundingClientRect();
  return [left, top, right, bottom];
})"""

SMALL = """() => {
  const small = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest("title, desc, style, script, .sr")) continue;
    const scale = element.ownerSVGElement ? element.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(element).fontSize) * scale;
    if (size < 10.99) small.push(`${size.toFixed(1)} px: ${element.textContent}`);
  }
  return small;
}"""

CROSSED = """() => {
  const list = document.querySelector(".lanes"), count = document.querySelectorAll(".lanes-head span").length;
  const crossed = [];
  let met = 0;
  for (const row of list.children) {
    row.scrollIntoView({ block: "center" });
    const { left, width } = row.getBoundingClientRect();
    const lanes = Array.from({ length: count }, (_, lane) => left + width * (lane + 0.5) / count);
    const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      if (texts.currentNode.parentElement.closest(".sr")) continue;
      const range = document.createRange();
      range.selectNodeContents(texts.currentNode);
      for (const box of range.getClientRects()) {
        for (const x of lanes.filter((lane) => lane > box.left && lane < box.right)) {
          met += 1;
          let over = document.elementFromPoint(x, (box.top + box.bottom) / 2);
          const clear = () => getComputedStyle(over).backgroundColor === "rgba(0, 0, 0, 0)";
          while (over !== row && clear()) over = over.parentElement;
          if (over === row) crossed.push(texts.currentNode.textContent);
        }
      }
    }
  }
  return [met, crossed];
}"""

ENDS = """() => {
  const { left, width } = document.querySelector(".lanes").getBoundingClientRect();
  const count = document.querySelectorAll(".lanes-head span").length;
  return [...document.querySelectorAll(".lanes .arrow")].flatMap((arrow) => {
    const box = arrow.getBoundingClientRect();
    return [box.left, box.right].map((x) => (x - left) / width * count - 0.5);
  });
}"""

OUTSIDE = """() => {
  const outer = document.querySelector(".lanes").getBoundingClientRect();
  return [...document.querySelectorAll(".lanes .word")].filter((word) => {
    const inner = word.getBoundingClientRect();
    return inner.left < outer.left - 1 || inner.right > outer.right + 1;
  }).map((word) => word.textContent);
}"""


def look(opened: Any, page: Path, fragment: str, size: tuple[int, int], *, dark: bool = False) -> Watched:
    watched: Watched = opened(page, "", width=size[0], dark=dark)
    watched.page.set_viewport_size({"width": size[0], "height": size[1]})
    watched.page.evaluate("to => { location.hash = to }", fragment)
    expect(watched.page.locator("#finding-title")).to_be_visible()
    return watched


def boxes(page: Page, *selectors: str) -> list[tuple[float, float, float, float]]:
    found = page.evaluate(BOXES, selectors)
    return [(left, top, right, bottom) for left, top, right, bottom in found]


def assert_in_view(page: Page, *selectors: str) -> None:
    assert page.viewport_size is not None
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    for selector, (left, top, right, bottom) in zip(selectors, boxes(page, *selectors), strict=True):
        assert left >= -1, selector
        assert top >= -1, selector
        assert right <= width + 1, selector
        assert bottom <= height + 1, selector
        assert bottom - top > 60, f"{selector} is high enough to be read"


def inside(inner: tuple[float, float, float, float], outer: tuple[float, float, float, float]) -> bool:
    return inner[1] >= outer[1] - 1 and inner[3] <= outer[3] + 1


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("finding", [LOST, "unique-tag", "no-endless-firing"])
def test_on_a_screen_the_answer_and_the_whole_player_are_what_one_sees_first(
    opened: Any, built_in: Path, finding: str, dark: bool
) -> None:
    page = look(opened, built_in, f"finding={finding}&step=1", SIZES["a screen"], dark=dark).page
    assert page.evaluate("scrollY") == 0
    parts = [part for part in PARTS if part != ".lifecycle" or page.locator(part).is_visible()]
    assert (".lifecycle" in parts) is (finding != "unique-tag"), "no state changes in that run"
    assert_in_view(page, *parts)
    title, cause, player = boxes(page, "#finding-title", ".lead", ".player")
    assert title[3] <= cause[1] <= cause[3] <= player[1] + 1, "what is broken, by what, and then how"
    for one, other in combinations(boxes(page, *parts), 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, "no part lies on another"


@pytest.mark.parametrize("size", WIDE)
def test_every_key_moves_what_is_in_view(opened: Any, built_in: Path, size: tuple[int, int]) -> None:
    page = look(opened, built_in, f"finding={LOST}&step=1", size).page
    for key in ["ArrowRight"] * 9 + ["End", "ArrowLeft", "Home"]:
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.keyboard.press(key)
        assert_in_view(page, *PARTS)
        for part in (".text", ".messages"):
            for item in page.locator(f"{part} [aria-current]").all():
                row, box = item.bounding_box(), page.locator(f"{part} .scroll").bounding_box()
                assert row is not None
                assert box is not None
                assert row["y"] >= box["y"] - 1
                assert row["y"] + row["height"] <= box["y"] + box["height"] + 1
        if page.locator(".picture .node.on").count():
            state, picture = boxes(page, ".picture .node.on", ".picture")
            assert inside(state, picture)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_on_a_phone_the_step_stays_on_top_whatever_part_one_looks_at(opened: Any, built_in: Path, dark: bool) -> None:
    page = look(opened, built_in, f"finding={LOST}&step=9", SIZES["a phone"], dark=dark).page
    (steer,) = boxes(page, ".steer")
    assert steer[3] < 844, "the player begins on the first screen"
    for part in PARTS[1:]:
        page.locator(part).evaluate("part => part.scrollIntoView({ block: 'center' })")
        before = page.locator(".told").inner_text()
        page.keyboard.press("ArrowRight")
        assert page.locator(".told").inner_text() != before
        (steer, shown) = boxes(page, ".steer", part)
        assert -1 <= steer[1] <= 1
        assert steer[3] - steer[1] < 844 / 3, "most of the screen is left for the parts"
        assert shown[1] < 844, f"{part} stays where it was"
        assert shown[3] > steer[3], f"{part} stays where it was"


@pytest.mark.parametrize("place", ["scrollTo(0, 0)", "scrollTo(0, document.body.scrollHeight)"])
@pytest.mark.parametrize("size", EVERY)
def test_a_key_brings_the_player_into_view_from_wherever_one_is(
    opened: Any, built_in: Path, size: tuple[int, int], place: str
) -> None:
    page = look(opened, built_in, f"finding={LOST}&step=9", size).page
    page.evaluate(place)
    page.keyboard.press("ArrowRight")
    assert_in_view(page, ".steer")


@pytest.mark.parametrize("size", EVERY)
def test_a_line_to_mend_is_shown_in_the_player(opened: Any, built_in: Path, size: tuple[int, int]) -> None:
    page = look(opened, built_in, f"finding={LOST}&step=1", size).page
    page.get_by_role("region", name="Which lines to mend").get_by_role("button").last.click()
    assert_in_view(page, ".steer")
    current, text = boxes(page, ".text [aria-current]", ".text .scroll")
    assert inside(current, text)
    assert current[3] < size[1]


@pytest.mark.parametrize("fragment", ["", f"finding={LOST}&step=9", "finding=no-endless-firing&step=30"])
def test_no_word_is_smaller_than_11_pixels(opened: Any, built_in: Path, fragment: str) -> None:
    watched: Watched = opened(built_in, f"#{fragment}")
    for box in watched.page.locator("summary").filter(visible=True).all():
        box.click()
    for width in (1280, 830, 390, 320):
        watched.page.set_viewport_size({"width": width, "height": 800})
        assert watched.page.evaluate(SMALL) == [], width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", EVERY)
def test_lanes_run_behind_no_word_and_no_word_runs_out_of_them(
    opened: Any, built_in: Path, size: tuple[int, int], dark: bool
) -> None:
    page = look(opened, built_in, f"finding={LOST}&step=12", size, dark=dark).page
    met, crossed = page.evaluate(CROSSED)
    assert met > 10, "there are words where lanes are"
    assert crossed == []
    assert page.evaluate(OUTSIDE) == []
    ends = page.evaluate(ENDS)
    assert len(ends) > 10
    assert all(abs(end - round(end)) < 0.01 for end in ends), "an arrow goes from lane to lane"


def test_the_arrow_of_the_lifecycle_that_a_step_takes_is_marked(opened: Any, built_in: Path) -> None:
    page = look(opened, built_in, f"finding={LOST}&step=9", SIZES["a screen"]).page
    assert "pending → firing" in page.locator(".told").inner_text()
    expect(page.locator(".picture .edge.on title")).to_have_text("pending to firing")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".picture .edge.on")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_whatever_has_the_focus_shows_it_and_nothing_moves_by_itself(opened: Any, built_in: Path, dark: bool) -> None:
    page = look(opened, built_in, f"finding={LOST}&step=9", SIZES["a screen"], dark=dark).page
    seen = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        name, style, width = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.getAttribute('aria-label') || e.textContent, s.outlineStyle, parseFloat(s.outlineWidth)] })()"
        )
        assert style != "none", name
        assert width >= 2, name
        seen.add(name)
    assert {"One step on", "Step of the run", "The text", "Who does what", "The lifecycle"} <= seen
    assert page.evaluate("document.getAnimations().length") == 0

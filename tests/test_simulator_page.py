"""The page of the simulator in a real browser: by keyboard alone, at three widths, from a server and from a file."""

import threading
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from transitions import Machine

from bgsync.browser.site import Site
from bgsync.judge.check import Question
from bgsync.machines.check import running
from bgsync.machines.promises import Promises
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.simulator.data import about, whole
from bgsync.simulator.html import page as page_of
from bgsync.simulator.machine import MachineSimulation
from bgsync.simulator.monitors import beside
from bgsync.simulator.server import Server
from bgsync.simulator.spec import SpecSimulation
from bgsync.system.scenario import Scenario
from tests.browser import Watched
from tests.test_page_player import SMALL

pytestmark = pytest.mark.browser

assert ONE_OFF.spec is not None
SIZES = {"a screen": (1280, 800), "half a screen": (830, 800), "a phone": (390, 844)}
EVERY = [pytest.param(size, id=name) for name, size in SIZES.items()]
WATCHED = [prop for prop in ONE_OFF.properties if prop.id in ("gate", "unique-tag", "no-endless-firing")]


def simulation(granularity: str, *, apart: bool = False) -> SpecSimulation:
    assert ONE_OFF.spec is not None
    scenario = Scenario(ONE_OFF.spec, ONE_OFF.world, granularity, monitor=beside(WATCHED))
    question = Question(ONE_OFF.spec, ONE_OFF.world, WATCHED, "one-off", (granularity,))
    return SpecSimulation(scenario, WATCHED, "one-off", apart=apart, question=question)


FAINT = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => parts(colour).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (element) => {
    while (element && parts(getComputedStyle(element).backgroundColor)[3] === 0) element = element.parentElement;
    return element ? getComputedStyle(element).backgroundColor : "rgb(255, 255, 255)";
  };
  const faint = [];
  for (const element of document.querySelectorAll("main *, header *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest("[aria-disabled=true]")) continue;
    const [one, other] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a);
    if ((one + 0.05) / (other + 0.05) < 4.5) faint.push(element.textContent);
  }
  return faint;
}"""


@pytest.fixture(scope="module")
def served() -> Iterator[Any]:
    """Serve simulations: each granularity once, or another time where it is asked for."""
    made: dict[tuple[str, int], tuple[Server, threading.Thread]] = {}

    def one(granularity: str, again: int = 0) -> Server:
        if (granularity, again) not in made:
            by = simulation(granularity)
            server = Server(by, *page_of(about(by)))
            thread = threading.Thread(target=server.serve)
            thread.start()
            made[granularity, again] = server, thread
        return made[granularity, again][0]

    yield one
    for server, thread in made.values():
        server.close()
        thread.join()


@pytest.fixture
def server(served: Any) -> Server:
    found: Server = served("step")
    return found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    by = simulation("algorithm", apart=True)
    text, _ = page_of({**about(by), "situations": whole(by, lambda situation: situation.state)})
    made = tmp_path_factory.mktemp("simulator") / "one-off.html"
    made.write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def visit(browser: Browser) -> Iterator[Any]:
    """Open pages of a server; afterwards none of them has asked for anything else, or made an error."""
    seen: list[tuple[Server, Watched]] = []

    def one(server: Server, fragment: str = "", size: tuple[int, int] = (1280, 800), *, dark: bool = False) -> Page:
        watched = Watched(browser, server.address + fragment, width=size[0], dark=dark)
        seen.append((server, watched))
        watched.page.set_viewport_size({"width": size[0], "height": size[1]})
        expect(watched.page.locator("#next .choice").first).to_be_visible()
        return watched.page

    yield one
    for server, watched in seen:
        assert all(url.startswith(server.address) for url in watched.requests)
        assert watched.errors == []
        watched.context.close()


def count(page: Page, said: str) -> None:
    expect(page.locator("#count")).to_have_text(said)


def fits(page: Page) -> None:
    """At every width, in the light and in the dark, nothing is too wide, too small or too faint."""
    for (width, height), scheme in product(SIZES.values(), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.evaluate(SMALL) == []
        assert page.evaluate(FAINT) == []


@pytest.mark.parametrize("size", EVERY)
def test_a_walk_by_keyboard_alone_also_to_what_breaks(visit: Any, served: Any, size: tuple[int, int]) -> None:
    page = visit(served("step"), "", size)
    count(page, "the start")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("#next .choice").first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    count(page, "1 of 1")
    expect(page.locator("#last")).to_contain_text("a page calls register(t1)")
    expect(page.locator("#now")).to_contain_text("register(t1) #1")
    expect(page.locator("#text .stood")).to_have_count(1)
    page.keyboard.press("1")
    count(page, "2 of 2")
    for key, said in (("ArrowLeft", "1 of 2"), ("Control+z", "0 of 2"), ("Control+y", "1 of 2"), ("r", "2 of 2"),
                      ("Home", "0 of 2"), ("End", "2 of 2"), ("u", "1 of 2")):  # fmt: skip
        page.keyboard.press(key)
        count(page, said)
    expect(page.locator("#way .ahead")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    nearest_by_keyboard(page)
    if size == SIZES["a phone"]:
        fits(page)


def nearest_by_keyboard(page: Page) -> None:
    """Be taken from the start to what breaks a property."""
    page.keyboard.press("Home")
    page.keyboard.press("g")
    expect(page.locator("#goal-search")).to_be_focused()
    page.keyboard.type("unique-tag")
    expect(page.locator("#goal-list li:visible")).to_have_count(1)
    page.keyboard.press("Tab")
    if not page.locator("#goal-list button:visible").evaluate("e => e === document.activeElement"):
        page.keyboard.press("Tab")  # a box that scrolls takes the focus first
    page.keyboard.press("Enter")
    expect(page.locator("#goals")).to_be_hidden()
    count(page, "6 of 6")
    expect(page.locator("#last")).to_contain_text("✗ breaks unique-tag")
    expect(page.locator("#judged")).to_contain_text("✗ broken: unique-tag")
    expect(page.locator("#now")).to_contain_text("The run has ended")
    assert page.locator("#text [aria-current]").count() == 1
    row, box = page.locator("#text [aria-current]").bounding_box(), page.locator("#text").bounding_box()
    assert row is not None
    assert box is not None
    assert box["y"] - 1 <= row["y"] <= box["y"] + box["height"], "it can be seen in its box"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_link_leads_to_the_same_place_in_another_run_of_the_tool(visit: Any, served: Any) -> None:
    page = visit(served("algorithm"))
    for key in "213":
        page.keyboard.press(key)  # as fast as they come
    count(page, "3 of 3")
    page.keyboard.press("ArrowLeft")
    count(page, "2 of 3")
    shown, fragment = page.locator("#now").inner_text(), page.evaluate("location.hash")
    other = served("algorithm", 1)
    by = other.walks.simulation
    by.nearest(by.start(), (), "state:waiting", lambda states, depth: None)
    again = visit(other, fragment)
    count(again, "2 of 3")
    assert again.locator("#now").inner_text() == shown
    for act, said in ((page.go_back, "3 of 3"), (page.go_back, "2 of 2"), (page.go_forward, "3 of 3")):
        act()  # the browser's own buttons go along the way, too
        count(page, said)


def test_a_link_that_does_not_fit_says_so(visit: Any, served: Any) -> None:
    page = visit(served("step"), "#of=0123456789&way=1.1&at=2")
    expect(page.locator("#notice")).to_contain_text("This link is of another text")
    count(page, "the start")
    for way, said in (("1.zz&at=2", "after 1 step"), ("<script>&at=x", "after 0 steps"), ("1&at=99", "")):
        page.evaluate("way => { location.hash = `of=${data.key}&way=${way}` }", way)
        if said:
            expect(page.locator("#notice")).to_contain_text(f"does not fit the text: {said}")
        else:
            expect(page.locator("#notice")).to_be_hidden()
    count(page, "1 of 1")


def test_a_run_without_end_is_found_from_the_start_until_the_tool_has_ended(browser: Browser, served: Any) -> None:
    one = served("algorithm", 2)
    context = browser.new_context()
    page = context.new_page()
    page.goto(one.address)
    page.keyboard.press("1")
    count(page, "1 of 1")
    page.evaluate("document.querySelector('[data-goal=\"endless:no-endless-firing\"]').click()")
    expect(page.locator("#notice")).to_contain_text("it can go round for ever")
    expect(page.locator("#way li").nth(1)).not_to_contain_text("getTags()")
    one.close()
    page.keyboard.press("1")
    expect(page.locator("#notice")).to_contain_text("bgsync explore has ended")
    context.close()


def test_a_run_in_which_what_is_owed_is_never_given_is_found_by_keyboard(browser: Browser) -> None:
    assert ONE_OFF.spec is not None
    owing = [prop for prop in ONE_OFF.properties if prop.id in ("resolved-then-fires", "pending-fires")]
    scenario = Scenario(ONE_OFF.spec, ONE_OFF.world, "algorithm", ("skipped",), monitor=beside(owing))
    question = Question(ONE_OFF.spec, ONE_OFF.world, owing, "one-off", ("algorithm",), ("skipped",))
    by = SpecSimulation(scenario, owing, "one-off", question=question)
    begin, _ = by.broken_by("resolved-then-fires")
    server = Server(by, *page_of(about(by)))
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        watched = Watched(browser, f"{server.address}#of={by.key}&way={'.'.join(map(str, begin[:1]))}&at=1", width=390)
        page = watched.page
        asks = page.get_by_role("button", name="A run from here in which resolved-then-fires is never given")
        asks.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#notice")).to_contain_text("from step 3 on it can go round for ever")
        count(page, "4 of 4")
        expect(page.locator("#judged")).to_contain_text("resolved-then-fires (t1)")
        page.keyboard.press("Home")
        expect(asks).to_have_count(0)
        page.keyboard.press("g")
        page.locator("[data-goal='never:resolved-then-fires']").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#progress")).to_contain_text("Nothing is owed here by resolved-then-fires.")
        assert watched.overflow <= 0
        assert watched.errors == []
        watched.context.close()
    finally:
        server.close()
        thread.join()


def test_what_a_machine_is_called_is_never_markup(opened: Any, tmp_path: Path) -> None:
    name = "</script><script>window.hurt = true</script><img src=x onerror='window.hurt = true'>"
    machine = Machine(None, ["a", name], initial="a", auto_transitions=False)
    machine.add_transition("{{data}}", "a", name)
    with running(machine) as live:
        by = MachineSimulation(live, Promises(), name)
        text, _ = page_of({**about(by), "situations": whole(by, lambda place: place)})
    file = tmp_path / "hostile.html"
    file.write_text(text, encoding="utf-8")
    page = opened(file).page
    page.keyboard.press("1")
    count(page, "1 of 1")
    expect(page.locator("#last")).to_contain_text("{{data}}: goes to </script><script>")
    expect(page.locator("#now")).to_contain_text(name)
    assert page.evaluate("window.hurt") is None
    assert page.locator("main img, main script").count() == 0


HOSTILE = """
<script>
  const ways = [], body = JSON.stringify({ way: [], at: 0 });
  const read = (answer) => answer.text();
  const ask = (how) => fetch("ADDRESSlook", { method: "POST", body, ...how }).then(read, () => "");
  Promise.all([
    ask({}), ask({ headers: { "Content-Type": "application/json" } }), ask({ mode: "no-cors" }),
    fetch("ADDRESS").then(read, () => ""), fetch("ADDRESS", { mode: "no-cors" }).then(read, () => ""),
  ]).then((all) => { window.got = all; });
</script>
<iframe id="frame" src="ADDRESS"></iframe>
<form id="form" action="ADDRESSlook" method="post" enctype="text/plain" target="other">
  <input name='{"way": [], "at": 0, "x": "' value='"}'></form>
<iframe name="other" id="other"></iframe>
"""


def test_a_hostile_page_gets_nothing_even_if_it_knows_the_address(browser: Browser, server: Server) -> None:
    asked: list[int] = []
    with Site({"/": HOSTILE.replace("ADDRESS", server.address)}) as site:
        context = browser.new_context()
        page = context.new_page()
        page.on("response", lambda r: asked.append(r.status) if r.url.startswith(server.origin) else None)
        page.goto(site.address("/", "localhost"))
        page.wait_for_function("window.got")
        with page.expect_event("framenavigated", lambda frame: frame.name == "other"):
            page.evaluate("document.getElementById('form').submit()")
        assert page.evaluate("window.got") == [""] * 5
        for frame in page.frames[1:]:
            frame.wait_for_load_state()
            assert "simulator" not in frame.content()
        context.close()
    assert asked
    assert set(asked) <= {403, 501}


def test_a_file_is_walked_without_a_server(opened: Any, file: Path) -> None:
    watched = opened(file, "", width=390)
    page = watched.page
    count(page, "the start")
    page.keyboard.press("1")
    count(page, "1 of 1")
    page.keyboard.press("Home")
    page.evaluate("document.querySelector('[data-goal=\"state:waiting\"]').click()")
    expect(page.locator("#now")).to_contain_text("waiting")
    by = simulation("algorithm", apart=True)
    nearest = by.nearest(by.start(), (), "state:waiting", lambda states, depth: None).way
    assert nearest is not None
    count(page, f"{len(nearest)} of {len(nearest)}")
    page.keyboard.press("g")
    page.evaluate("document.querySelector('[data-goal=\"broken:unique-tag\"]').click()")
    expect(page.locator("#progress")).to_contain_text("There is none: no run from here comes there")
    assert watched.overflow <= 0

"""The page of a report in a real browser: every control, by mouse and by keyboard, its links and its search."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import LOST


def count(page: Page) -> str:
    return page.locator(".count").inner_text()


def now(page: Page, box: str) -> str:
    return page.get_by_role("region", name=box).locator("[aria-current]").inner_text()


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


# --- the verdicts


def test_the_page_begins_with_what_is_broken_in_plain_words(opened: Any, built_in: Path) -> None:
    page = opened(built_in).page
    expect(page).to_have_title("3 broken: one-off (model/background_sync/one_off.py) (bgsync)")
    expect(page.locator("#summary")).to_contain_text("3 promises of the text are broken.")
    rows = page.get_by_role("button", name=re.compile("^broken: "))
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text(
        "A page is told that its sync is registered, and then no sync event ever comes."
    )
    holds = page.get_by_text("What holds (1)")
    expect(page.get_by_role("button", name=re.compile("^holds: "))).to_be_hidden()
    holds.click()
    expect(page.get_by_role("button", name=re.compile("^holds: "))).to_be_visible()


def test_a_finding_says_what_goes_wrong_and_which_lines_to_mend(opened: Any, built_in: Path) -> None:
    page = opened(built_in).page
    page.get_by_role("button", name=re.compile("no sync event ever comes")).click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("A page is told that its sync is registered")
    expect(page.locator("#finding").get_by_text("It is a race: two things run at the same time")).to_be_visible()
    lines = page.get_by_role("region", name="Which lines to mend")
    steps = ["register 7", "fire a sync event 5.2", "fire a sync event 5.2.3", "register 8.2"]
    for item, step in zip(lines.locator("li").all(), steps, strict=True):
        expect(item).to_contain_text(
            re.compile(rf"model/background_sync/one_off\.py:\d+ {re.escape(step)}\b"), use_inner_text=True
        )
    expect(lines).to_contain_text("Either nothing may come between register 7 and register 8.2")
    expect(page.locator(".lead")).to_contain_text("registration A is taken out of the list")
    expect(page.get_by_role("heading", level=2)).to_be_focused()


def test_a_link_of_a_line_shows_its_step(opened: Any, built_in: Path) -> None:
    page = opened(built_in, f"#finding={LOST}").page
    page.get_by_role("region", name="Which lines to mend").get_by_role("button").last.click()
    assert "8.2" in now(page, "The text")
    first = page.get_by_role("region", name="How it happens").get_by_role("button").first
    first.click()
    assert count(page).startswith("1 of ")


def test_each_way_in_which_a_promise_breaks_has_a_run_of_its_own(opened: Any, built_in: Path) -> None:
    watched = opened(built_in, f"#finding={LOST}")
    page = watched.page
    ways = page.get_by_role("region", name="It breaks in other ways, too").get_by_role("button")
    expect(ways).to_have_count(1)
    lead = page.locator(".lead").inner_text()
    ways.click()
    assert watched.fragment == f"finding={LOST}~2&step=1"
    assert page.locator(".lead").inner_text() != lead
    expect(page.get_by_role("heading", level=2)).to_contain_text("A page is told that its sync is registered")
    expect(page.locator("#verdicts [data-finding]").filter(has_text=LOST)).to_have_count(1)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.finding") == LOST


# --- the player


def test_every_button_of_the_player_walks_the_run(opened: Any, built_in: Path) -> None:
    watched = opened(built_in, f"#finding={LOST}")
    page = watched.page
    total = int(count(page).split(" of ")[1])
    assert count(page) == f"1 of {total}"
    button(page, "One step on").click()
    assert count(page) == f"2 of {total}"
    button(page, "One step back").click()
    assert count(page) == f"1 of {total}"
    button(page, "One step back").click()
    assert count(page) == f"1 of {total}", "before the first step there is none"
    button(page, "Last step").click()
    assert count(page) == f"{total} of {total}, again and again"
    expect(page.get_by_role("status", name="This step")).to_contain_text("it goes on as from step")
    button(page, "One step on").click()
    assert re.match(r"(?!1 )\d+ of \d+, again and again", count(page)), "after the last step the circle begins again"
    button(page, "First step").click()
    assert count(page) == f"1 of {total}"
    page.get_by_role("slider", name="Step of the run").fill("4")
    assert count(page) == f"5 of {total}"
    assert watched.fragment == f"finding={LOST}&step=5"
    button(page, "← All verdicts").click()
    expect(page.locator("#verdicts")).to_be_visible()
    expect(page.locator("#finding")).to_be_hidden()


def test_a_step_is_shown_in_the_text_the_lifecycle_the_messages_and_the_values(opened: Any, built_in: Path) -> None:
    page = opened(built_in, f"#finding={LOST}").page
    seen: dict[str, str] = {}
    for _ in range(60):
        told = page.get_by_role("status", name="This step").inner_text()
        if "register 9.4" in told:
            seen["put"] = page.locator(".lifecycle").inner_text()
            assert now(page, "The text").splitlines()[1].startswith("Add" if "Add" in told else "add")
        if "pending → firing" in told:
            assert page.locator(".picture .node.on title").text_content() == "firing"
            assert page.locator(".values td.changed").inner_text() == "firing"
        if "firing → reregisteredWhileFiring" in told:
            assert "reregisteredWhileFiring" in str(page.locator(".picture .gone title").first.text_content())
            assert "and no longer in the list" in page.locator(".lifecycle").inner_text()
            break
        row = page.get_by_role("region", name="Who does what").locator("[aria-current]")
        assert row.get_attribute("data-row") == str(int(count(page).split()[0]) - 1)
        if "dispatch the event in the worker" in told:
            assert row.locator(".arrow.right").inner_text().endswith("event of registration A")
        button(page, "One step on").click()
    else:
        pytest.fail("the run never came to the step that goes wrong")
    assert "registration A: pending" in seen["put"]
    rows = page.locator(".lanes [aria-current]")
    assert rows.count() == 1
    shown = page.evaluate(
        "(() => { const box = document.querySelector('.lanes').parentElement.getBoundingClientRect(),"
        " row = document.querySelector('.lanes [aria-current]').getBoundingClientRect();"
        " return row.top >= box.top && row.bottom <= box.bottom })()"
    )
    assert shown, "the message follows the step"


def test_a_row_of_the_diagram_can_be_chosen(opened: Any, built_in: Path) -> None:
    page = opened(built_in, f"#finding={LOST}").page
    page.get_by_role("region", name="Who does what").get_by_role("button").nth(2).click()
    assert count(page).startswith("3 of ")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 830, 1280])
def test_a_run_can_be_walked_with_the_keyboard_alone(opened: Any, built_in: Path, width: int, dark: bool) -> None:
    watched = opened(built_in, width=width, dark=dark)
    page, keys = watched.page, watched.page.keyboard
    keys.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    keys.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(8):
        if page.evaluate("document.activeElement.dataset.finding") == LOST:
            break
        keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("#finding-title")).to_be_focused()
    total = int(count(page).split(" of ")[1])
    for step in range(2, total + 1):
        keys.press("ArrowRight")
        assert count(page).startswith(f"{step} of ")
        expect(page.locator(".steer")).to_be_in_viewport(ratio=1)
    keys.press("ArrowLeft")
    assert count(page).startswith(f"{total - 1} of ")
    keys.press("Home")
    assert count(page).startswith("1 of ")
    keys.press("End")
    assert count(page).startswith(f"{total} of ")
    keys.press("Escape")
    expect(page.locator("#verdicts")).to_be_visible()
    assert page.evaluate("document.activeElement.dataset.finding") == LOST, "the focus is where it was"


def test_the_slider_moves_by_its_own_keys_one_step_at_a_time(opened: Any, built_in: Path) -> None:
    page = opened(built_in, f"#finding={LOST}").page
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    assert count(page).startswith("2 of ")


# --- links


def test_a_link_shows_its_finding_and_its_step(opened: Any, built_in: Path) -> None:
    watched = opened(built_in, f"#finding={LOST}&step=9")
    assert count(watched.page).startswith("9 of ")
    expect(watched.page.locator("#verdicts")).to_be_hidden()
    watched.page.evaluate(f"location.hash = '#finding={LOST}&step=3'")
    expect(watched.page.locator(".count")).to_have_text(re.compile("^3 of "))


@pytest.mark.parametrize("fragment", ["#finding=nonsense&step=2", "#step=x", "#%", f"#finding={LOST}&step=-7"])
def test_a_link_that_is_wrong_shows_what_it_can(opened: Any, built_in: Path, fragment: str) -> None:
    page = opened(built_in, fragment).page
    if LOST in fragment:
        assert count(page).startswith("1 of ")
    else:
        expect(page.locator("#verdicts")).to_be_visible()
        expect(page.locator("#finding")).to_be_hidden()


def test_the_buttons_of_the_browser_go_back_and_forward(opened: Any, built_in: Path) -> None:
    watched = opened(built_in)
    page = watched.page
    page.get_by_role("button", name=re.compile("no sync event ever comes")).click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("end up in one list")).click()
    page.go_back()
    expect(page.locator("#verdicts")).to_be_visible()
    page.go_back()
    assert watched.fragment == f"finding={LOST}&step=2"
    assert count(page).startswith("2 of ")
    page.go_back()
    expect(page.locator("#verdicts")).to_be_visible()
    page.go_forward()
    assert count(page).startswith("2 of ")
    page.go_forward()
    page.go_forward()
    expect(page.get_by_role("heading", level=2)).to_contain_text("end up in one list")


# --- search, coverage, ledger


def test_search_finds_verdicts_steps_and_sentences(opened: Any, of_text: Path) -> None:
    page = opened(of_text).page
    box = page.get_by_role("searchbox", name="Search")
    box.fill("start printing 3")
    assert "match" in page.get_by_role("status").first.inner_text()
    expect(page.locator("#text li[data-step='start printing 3']")).to_be_visible()
    expect(page.locator("#text li[data-step='register 1']")).to_be_hidden()
    box.fill("UNIQUE-TAG")
    expect(page.get_by_role("button", name=re.compile("end up in one list"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("run at the same time|dispatch"))).to_be_hidden()
    expect(page.locator("#text h4").filter(visible=True)).to_have_count(0)
    box.fill("nothing says this")
    expect(page.locator("#verdicts details, #text details").filter(visible=True)).to_have_count(0)
    expect(page.locator("#matches")).to_have_text("0 matches")
    box.fill("")
    expect(page.get_by_role("button", name=re.compile("end up in one list"))).to_be_visible()
    expect(page.locator("#matches")).to_have_text("")


def test_search_from_a_finding_goes_back_to_the_verdicts(opened: Any, of_text: Path) -> None:
    page = opened(of_text, "#finding=unique-tag&step=2").page
    page.get_by_role("searchbox").press_sequentially("tag")
    expect(page.locator("#finding")).to_be_hidden()
    expect(page.locator("#verdicts")).to_be_visible()
    page.keyboard.press("End")
    assert page.get_by_role("searchbox").input_value() == "tag"


def test_coverage_and_ledger_of_a_text_can_be_read(opened: Any, of_text: Path) -> None:
    page = opened(of_text).page
    expect(page.locator("#text")).to_contain_text(re.compile(r"\d+ of \d+ steps understood"))
    assert float(page.get_by_role("meter").first.evaluate("meter => meter.value / meter.max")) == 1.0
    page.get_by_text(re.compile("The ledger: ")).click()
    table = page.get_by_role("region", name="Ledger").get_by_role("table")
    expect(table.get_by_role("row").filter(has_text="SHOULD limit the number of retries")).to_contain_text("modelled")
    assert table.get_by_role("columnheader").all_inner_texts() == ["where", "line", "sentence", "status", "read as"]


def test_words_that_the_page_uses_are_explained_on_it(opened: Any, of_text: Path) -> None:
    page = opened(of_text).page
    page.get_by_text("Words used on this page").click()
    race = page.locator("dt", has_text=re.compile("^race$"))
    expect(race).to_be_visible()
    expect(race.locator("xpath=following-sibling::dd[1]")).to_contain_text("two things run at the same time")
    assert "[object" not in page.locator("body").inner_text()


def test_a_finding_of_a_text_shows_its_own_sentences_and_its_own_states(opened: Any, of_text: Path) -> None:
    page = opened(of_text, "#finding=one-event&step=1").page
    button(page, "Last step").click()
    states = page.locator(".picture .node title").all_text_contents()
    assert "queued" in states
    assert "pending" not in states, "the lifecycle of registrations is not its own"
    expect(page.locator(".picture .on title")).to_have_text("printing")
    page = opened(of_text, "#finding=unique-tag&step=3").page
    expect(page.get_by_role("region", name="The text")).to_contain_text(
        "whose label is label if any, or null otherwise"
    )

"""The page of a report in a real browser: made-up and hostile reports, widths, colours, names, and its policy."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from bgsync.compare.properties import Change, Changes
from bgsync.judge import facts as f
from bgsync.judge.check import glossary
from bgsync.judge.verdict import Coverage, Explored, Location, Note, Report, Trace, TraceStep, Verdict
from bgsync.language import Steps, algorithm
from bgsync.report.edit import Edit
from bgsync.report.html import Page as Reported
from bgsync.report.html import to_html
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.sources import Source
from bgsync.targets import as_it_stands, of_text
from bgsync.texts import ledger, read
from tests.browser import LOST, Watched
from tests.specs import PRINT_QUEUE
from tests.traces import A, at, taken

SYNC = glossary(PROPERTIES, WORLD)
HOSTILE = "</script><script>window.hurt=1</script><img src=x onerror='window.hurt=1'>{{page.js}}&lt;b&gt;\u2028"

# --- made-up reports: what no text has, or should have


def made(*verdicts: Verdict, model: str = "lib.bs", notes: tuple[Note, ...] = ()) -> Report:
    explored = (Explored("step", (), "calls", 7, 9, 0.5, True),)
    return Report(model, "", {"tags": 1}, explored, Coverage(1, 1, 1), verdicts, notes=notes, glossary=SYNC)


def written(folder: Path, *pages: Reported) -> Path:
    file = folder / "made.html"
    file.write_text(to_html(*pages), encoding="utf-8")
    return file


def long_run(length: int) -> Trace:
    states = ("pending", "firing")
    changes = [f.StateChanged(A, states[n % 2], states[(n + 1) % 2]) for n in range(length)]
    return Trace(
        tuple(
            taken(f"call #{n % 7}", at("register", str(n % 9 + 1), f"number {n}", line=n), (changes[n],), n)
            for n in range(length)
        )
    )


def test_a_run_of_500_steps_can_be_walked_at_once(opened: Any, tmp_path: Path) -> None:
    verdict = Verdict("one-event", "violated", "logic", trace=long_run(500))
    page = opened(written(tmp_path, Reported(made(verdict), SPEC, ONE_OFF)), "#finding=one-event&step=1").page
    page.keyboard.press("End")
    assert page.locator(".count").inner_text() == "500 of 500"
    assert "number 499" in page.get_by_role("status", name="This step").inner_text()
    milliseconds = page.evaluate(
        "(() => { const begun = performance.now();"
        " for (let n = 0; n < 50; n++) document.querySelector('[data-act=back]').click();"
        " return (performance.now() - begun) / 50 })()"
    )
    assert page.locator(".count").inner_text() == "450 of 500"
    assert milliseconds < 100, "a step is shown without a wait"


def test_markup_and_script_of_a_text_come_out_as_text(opened: Any, tmp_path: Path) -> None:
    spec = replace(SPEC, algorithms=(algorithm(HOSTILE, (), Steps(), file="x"), *SPEC.algorithms))
    steps = (
        TraceStep(f.ENVIRONMENT, f.CallBegins(f.Caller.OUTSIDE, HOSTILE, HOSTILE)),
        taken(HOSTILE, at(HOSTILE, "1", HOSTILE, HOSTILE), (f.EnvironmentMoved(HOSTILE, "", HOSTILE, HOSTILE),), 1),
    )
    place = Location(HOSTILE, 1, 1, HOSTILE, "1")
    verdicts = (
        Verdict(f"asserts/{HOSTILE}", "violated", "race", (), HOSTILE, (place,), Trace(steps)),
        Verdict("gate", "inconclusive", None, (), HOSTILE, (place,)),
    )
    report = made(*verdicts, model=HOSTILE, notes=(Note("known-term", HOSTILE, place),))
    file = written(tmp_path, Reported(report, spec, ONE_OFF, ((HOSTILE, 1, HOSTILE, HOSTILE, HOSTILE),)))
    page = opened(file).page
    page.get_by_role("button", name=re.compile("asserts to be true")).click()
    page.keyboard.press("End")
    for box in ("#title", ".told", ".values", ".lines", ".moments", ".lanes"):
        assert "<img src=x onerror=" in page.locator(box).inner_text(), box
    page.keyboard.press("Escape")
    for summary in page.locator("#text summary").all():
        summary.click()
    assert "</script><script>" in page.get_by_role("region", name="Ledger").inner_text()
    assert page.evaluate("window.hurt") is None
    assert page.locator("main img, main script").count() == 0


def test_markup_in_a_sentence_of_a_spec_comes_out_as_text(opened: Any, tmp_path: Path) -> None:
    said = 'Set |alone| to "&lt;img src=x onerror=window.hurt=1&gt;&lt;/script&gt;".'
    text = read(Source("print.bs", PRINT_QUEUE.replace("Let |alone| be true.", said)))
    rows = tuple((e.where, e.place.line, e.sentence, e.status, e.how) for e in ledger(text).entries)
    told = Reported(made(Verdict("gate", "holds")), text.reading.spec, text.content, rows)
    page = opened(written(tmp_path, told)).page
    page.get_by_text("Its algorithms, step by step").click()
    expect(page.locator("li[data-step='register 4']")).to_contain_text("<img src=x onerror=window.hurt=1></script>")
    assert page.evaluate("window.hurt") is None
    assert page.locator("main img").count() == 0


def test_a_report_in_which_nothing_is_wrong_says_so(opened: Any, tmp_path: Path) -> None:
    page = opened(written(tmp_path, Reported(made(Verdict("gate", "holds")), SPEC, ONE_OFF))).page
    expect(page.locator("#summary")).to_contain_text("No promise of the text was found to be broken.")
    page.get_by_text("What holds (1)").click()
    page.get_by_role("button", name=re.compile("^holds: ")).click()
    expect(page.locator(".player")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.locator("#verdicts")).to_be_visible()


def test_two_texts_on_one_page_keep_their_findings_apart(opened: Any, tmp_path: Path) -> None:
    one, two = (made(Verdict("one-event", "violated", "logic", (), f"in {m}"), model=m) for m in ("a.bs", "b.bs"))
    watched = opened(
        written(tmp_path, Reported(one, SPEC, ONE_OFF), Reported(two, SPEC, ONE_OFF)), "#finding=2%3Aone-event"
    )
    expect(watched.page.get_by_text("What was seen: in b.bs.")).to_be_visible()


def test_a_page_on_an_edit_begins_with_what_it_broke_and_repaired(opened: Any, tmp_path: Path) -> None:
    new, known = Verdict("unique-tag", "violated", "race", (), "two"), Verdict("one-event", "violated", "race", (), "x")
    changes = Changes(
        (Change("unique-tag", "unique-tag", (), None, new),),
        (Change("gate", "gate", (), Verdict("gate", "violated", "logic"), Verdict("gate", "holds")),),
        (Change("one-event", "one-event", (), known, known, "violated", "violated"),),
    )
    edit = Edit("HEAD:lib.bs", (), changes)
    page = opened(written(tmp_path, Reported(made(known, new), SPEC, ONE_OFF, edit=edit))).page
    said = page.locator("#verdicts").inner_text()
    told = (
        "This edit breaks 1 promise and repairs 1",
        "Repaired: register() is",
        "What this edit breaks (1)",
        "Two reg",
    )
    places = [said.index(words) for words in (*told, "What was broken before (1)")]
    assert places == sorted(places), "the answer comes first"
    expect(page.get_by_text("Two events of one registration")).to_be_hidden()


def test_what_was_not_understood_stands_before_all_that_is_said(opened: Any, tmp_path: Path) -> None:
    blind = read(Source("print.bs", PRINT_QUEUE.replace("Let |alone| be true.", "Ponder |alone| for a while.")))
    report = as_it_stands(of_text(blind)).beside(made(Verdict("one-event", "violated", "race", (), "x")))
    page = opened(written(tmp_path, Reported(report, blind.reading.spec, blind.content))).page
    expect(page.locator("#summary p").first).to_have_text("Mend first, in the text as it stands (2 places):")
    expect(page.locator("#summary li").nth(0)).to_contain_text("without queuing a task")
    expect(page.locator("#summary li").nth(1)).to_contain_text("register 4, print.bs:")
    expect(page.locator("#summary li").nth(1)).to_contain_text("not understood: “Ponder alone for a while.”")


# --- widths, colours, names


@pytest.mark.parametrize("fragment", ["", f"#finding={LOST}&step=20", "#finding=no-endless-firing&step=9"])
def test_the_page_fits_a_phone(opened: Any, built_in: Path, fragment: str) -> None:
    watched = opened(built_in, fragment, width=320)
    for box in watched.page.locator("details:not([open]) > summary").all():
        if box.is_visible():
            box.click()
    for width in (320, 390, 820):
        watched.page.set_viewport_size({"width": width, "height": 800})
        assert watched.overflow <= 0, width


def test_a_ledger_of_a_text_fits_a_phone(opened: Any, of_text: Path) -> None:
    watched = opened(of_text, width=390)
    watched.page.get_by_text(re.compile("The ledger: ")).click()
    assert watched.overflow <= 0


CONTRAST = """
(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (colour) => parts(colour).map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const { backgroundColor } = getComputedStyle(e);
      if (backgroundColor.startsWith("rgb(")) return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const poor = [];
  for (const element of document.querySelectorAll("main :not(svg, svg *)")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(`${element.className || element.tagName}: ${element.textContent}`);
  }
  return [...new Set(poor)];
})()
"""


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("fragment", ["", f"#finding={LOST}&step=20"])
def test_text_stands_out_from_what_is_behind_it(opened: Any, built_in: Path, fragment: str, dark: bool) -> None:
    page = opened(built_in, fragment, dark=dark).page
    assert page.evaluate(CONTRAST) == [], "WCAG 2.2, 1.4.3: at least 4.5 to 1"
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") is not dark


def test_everything_that_can_be_used_has_a_name_and_every_box_that_scrolls_can_be_focused(
    opened: Any, built_in: Path
) -> None:
    page = opened(built_in, f"#finding={LOST}&step=5").page
    for role in ("button", "slider", "region", "searchbox", "status", "group"):
        for element in page.get_by_role(role).all():
            snapshot = element.aria_snapshot()
            name = element.get_attribute("aria-label") or element.inner_text() or snapshot
            assert name.strip(), f"{role}: {snapshot}"
    levels = page.locator("h1, h2, h3, h4").evaluate_all(
        "all => all.filter(e => e.checkVisibility()).map(e => Number(e.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    stuck = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => getComputedStyle(e).overflowY === 'auto'"
        " && e.scrollHeight > e.clientHeight + 1 && e.tabIndex < 0).length"
    )
    assert stuck == 0


# --- the second wall: markup that got in past all escaping does nothing

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


def hurt(watched: Watched, file: Path) -> bool:
    """Open a page, do what a reader does, and say whether code ran that is not the page's own."""
    watched.show(file)
    page = watched.page
    page.wait_for_load_state()
    expect(page.locator("#summary")).to_contain_text("3 promises of the text are broken.")
    page.evaluate("document.getElementById('trap')?.click()")
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    return bool(page.evaluate("window.hurt === true"))


def test_code_that_got_into_the_page_does_not_run(browser: Browser, built_in: Path, tmp_path: Path) -> None:
    watched = Watched(browser, built_in)
    for name, markup in WAYS.items():
        assert hurt(watched, with_markup(built_in, tmp_path, markup, policy=False)), (
            f"without the policy it would: {name}"
        )
        assert not hurt(watched, with_markup(built_in, tmp_path, markup)), name


def test_a_style_that_got_into_the_page_hides_nothing(browser: Browser, built_in: Path, tmp_path: Path) -> None:
    watched = Watched(browser, with_markup(built_in, tmp_path, HIDES, policy=False))
    expect(watched.page.locator("h1")).to_be_hidden()
    watched.show(with_markup(built_in, tmp_path, HIDES))
    expect(watched.page.locator("h1")).to_be_visible()
    expect(watched.page.locator("#gone")).to_be_visible()


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

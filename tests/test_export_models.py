"""Models for other model checkers: what is written, and that they see the states and the breaches that we see."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
from click.testing import Result

from bgsync.export import LANGUAGES, writer
from bgsync.export.model import Model, identifier, model_of
from bgsync.export.promela import holds
from bgsync.judge.product import watch_product
from bgsync.judge.property import Safety
from bgsync.product.arrays import Closed, closed
from bgsync.product.reached import Reached
from bgsync.product.search import reachable
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.system.monitor import Monitor
from bgsync.system.scenario import Scenario
from bgsync.system.system import System
from bgsync.tables import Tables
from tests import command, models
from tests.sample import chosen
from tests.specs import PRINT_QUEUE
from tests.waiting import PATIENCE

SAFETY = [prop for prop in PROPERTIES if isinstance(prop, Safety) and prop.unseen is None]


def scenario(
    granularity: str = "algorithm",
    adversities: tuple[str, ...] = (),
    tags: int = 1,
    calls: int = 1,
    monitor: str | Monitor = "calls",
) -> Scenario:
    return models.scenario(SPEC, WORLD, granularity, adversities, tags=tags, calls=calls, monitor=monitor)


ASKED = {
    "one tag": scenario(calls=2),
    "two tags": scenario(tags=2, calls=2),
    "two tags, an adversity with choices": scenario(adversities=("skipped",), tags=2),
    "a worker that is terminated": scenario(adversities=("terminated",), tags=2),
    "old timers": scenario(monitor="timers"),
    "tags that differ": scenario(tags=2, monitor="outbox shared"),
    "step by step": scenario("step", tags=2),
}


@lru_cache(maxsize=16)
def product_of(asked: Scenario) -> Closed:
    return closed(Tables(System(asked)))


def seen_by(asked: Scenario) -> list[Safety]:
    return [prop for prop in SAFETY if asked.monitor in prop.monitors]


def exported(asked: Scenario, *, judged: bool) -> Model:
    return model_of(product_of(asked), seen_by(asked) if judged else [])


def counted(asked: Scenario) -> tuple[int, int]:
    """Count the states of the product, and the transitions between them."""
    whole = product_of(asked)
    pages, _ = reachable(whole.product)
    reached = Reached(whole, pages, False)
    left = sum(reached.times(table, d.move) for table, part in enumerate(whole.parts) for d in part.departures)
    return reached.states, reached.transitions - left


def broken(asked: Scenario) -> set[str]:
    """Give the ids that a reachable transition of the product breaks."""
    watched = watch_product(System(asked), seen_by(asked))
    return {name for name, breach in watched.breaches.items() if not breach.alone}


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=10 * PATIENCE)
    assert done.returncode in (0, 1), f"{' '.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout


# --- what is written


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_context_and_local_state_is_told_in_words_beside_its_number(language: str) -> None:
    model = exported(ASKED["two tags"], judged=True)
    text = writer(language)(model, "a.model")
    for many in (model.contexts, *(kind.locals for kind in model.kinds)):
        for number, words in enumerate(many):
            assert re.search(rf"^.*\b{number}  {re.escape(words)}$", text, re.MULTILINE)
    assert "its tag" in text
    assert "fires-online: an event is dispatched while offline" in text
    assert "gate: nothing that a component does" in text
    assert "a.model" in text


@pytest.mark.campaign
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_model_is_the_same_bytes_whatever_the_order_of_sets(language: str, tmp_path: Path) -> None:
    texts = set()
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "bgsync.cli", "export", "--to", language, "--tags", "2", "--calls", "1"]
        done = subprocess.run(command, capture_output=True, env=os.environ | {"PYTHONHASHSEED": seed}, check=True)
        texts.add(done.stdout)
    assert len(texts) == 1
    assert str(Path(__file__).parents[1]).encode() not in texts.pop()


def test_no_block_of_c_is_longer_than_spin_reads() -> None:
    text = writer("promela")(exported(scenario("step", calls=2, monitor="none"), judged=False), "model.pml")
    blocks = re.findall(r"^c_decl \{.*?^\}", text, re.MULTILINE | re.DOTALL)
    assert sum(map(len, blocks)) > 100_000
    assert max(map(len, blocks)) < 64_000


def test_what_breaks_nothing_and_leads_nowhere_new_can_be_left_out() -> None:
    whole, distinct = (model_of(product_of(ASKED["one tag"]), [], distinct=d) for d in (False, True))
    for full, short in zip(whole.kinds, distinct.kinds, strict=True):
        for slot, (moves, kept) in enumerate(zip(full.moves, short.moves, strict=True)):
            here = slot % len(full.locals)
            assert {m.target for m in moves} - {here} == {m.target for m in kept}
            assert len({m.target for m in kept}) == len(kept)
            lowest = {t: min(m.level for m in moves if m.target == t) for t in {m.target for m in kept}}
            assert all(m.level == lowest[m.target] for m in kept)


# --- the command


def export(*words: str) -> Result:
    return command.run("export", *words)


def test_a_text_is_exported_too_and_a_property_brings_the_monitor_that_it_needs(tmp_path: Path) -> None:
    (tmp_path / "a.pml").write_text("old")
    made = export(
        "--to", "promela", "--property", "retry-delay", "--granularity", "algorithm", "-o", str(tmp_path / "a.pml")
    )
    assert made.exit_code == 0, made.output
    text = (tmp_path / "a.pml").read_text()
    assert "monitor timers" in text
    assert "assert(c_expr { retry_delay_holds })" in text
    assert "one_event_holds" not in text


def test_a_property_of_endless_runs_is_exported_with_its_fairness_and_says_how_to_run_it() -> None:
    made = export("--to", "promela", "--property", "firing-ends", "--granularity", "algorithm")
    assert made.exit_code == 0, made.output
    assert "./pan -a -f -m1000000 -N claim_0 " in made.output
    assert "never claim_0 {" in made.output
    assert "firing-ends: A registration that is firing does not stay so for ever." in made.output


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--property", "dead-row"), "no property of single transitions"),
        (("--property", "firing-ends", "--property", "gate"), "export it by itself"),
        (("--property", "firing-ends", "--tags", "2", "--granularity", "algorithm"), "exported for one tag"),
        (("--to", "tla", "--property", "firing-ends"), "cannot be exported to tla"),
        (("--property", "no-such"), "unknown property 'no-such'"),
        (("--property", "gate", "--property", "retry-delay"), "export them one by one"),
        (("--with", "bad-weather"), "unknown adversity"),
    ],
)
def test_what_cannot_be_exported_is_refused_with_the_reason(words: tuple[str, ...], why: str) -> None:
    made = export("--to", "promela", *words)
    assert made.exit_code == 2
    assert why in made.output


def test_a_text_whose_invocations_wait_for_each_other_is_refused(tmp_path: Path) -> None:
    (tmp_path / "queue.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    made = export("--to", "promela", str(tmp_path / "queue.bs"))
    assert made.exit_code == 2
    assert "the model has no product of components to export" in made.output


# --- the second opinions

spin = pytest.mark.skipif(
    not (shutil.which("spin") and shutil.which("cc")), reason="spin or a C compiler is not installed"
)


def pan(folder: Path, model: Model, *flags: str) -> Callable[..., str]:
    (folder / "model.pml").write_text(writer("promela")(model, "model.pml"))
    run(folder, "spin", "-a", "model.pml")
    run(folder, "cc", "-w", "-DSAFETY", "-DNOREDUCE", *flags, "-o", "pan", "pan.c")
    return lambda *options: run(folder, "./pan", "-m100000", "-w16", *options)


def told_by(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    assert found, text
    return int(found[1])


@spin
@pytest.mark.parametrize("asked", chosen(ASKED, ("two tags",)))
def test_spin_stores_our_states_and_takes_our_transitions(asked: Scenario, tmp_path: Path) -> None:
    told = pan(tmp_path, exported(asked, judged=False))()
    taken = told_by(told, r"(\d+) transitions") - 1  # it counts the initial state as one
    assert (told_by(told, r"(\d+) states, stored"), taken) == counted(asked)


@spin
@pytest.mark.parametrize("asked", chosen(ASKED, ("a worker that is terminated", "old timers", "step by step")))
def test_spin_finds_broken_what_we_find_broken_and_stores_our_states(asked: Scenario, tmp_path: Path) -> None:
    told = pan(tmp_path, exported(asked, judged=True))("-c0")
    found = set(re.findall(r"assertion violated \( (\w+) \)", told))
    assert found == {holds(name) for name in broken(asked)}
    assert told_by(told, r"(\d+) states, stored") == counted(asked)[0]


@pytest.mark.campaign
@spin
def test_the_shortest_trace_of_spin_is_as_long_as_ours_and_tells_its_steps(tmp_path: Path) -> None:
    asked = scenario("step", calls=2)
    check = pan(tmp_path, model_of(product_of(asked), seen_by(asked), frozenset({"unique-tag"})), "-DBFS")
    assert told_by(check(), r"violated .* \(at depth (\d+)\)") + 1 == len(
        watch_product(System(asked), seen_by(asked)).path("unique-tag")
    )
    trail = check("-r")
    assert "of_t1: a page calls register(its tag)" in trail


rumur = pytest.mark.skipif(
    not (shutil.which("rumur") and shutil.which("cc")), reason="rumur or a C compiler is not installed"
)


def rumured(folder: Path, model: Model) -> str:
    (folder / "model.m").write_text(writer("murphi")(model, "model.m"))
    run(folder, "rumur", "--deadlock-detection", "off", "--threads", "1", "--output", "model.c", "model.m")
    run(folder, "cc", "-w", "-mcx16", "-o", "model", "model.c", "-lpthread")
    return run(folder, "./model")


@rumur
@pytest.mark.parametrize(
    "asked",
    chosen(ASKED | {"one tag, step by step": scenario("step")}, ("two tags, an adversity with choices", "old timers")),
)
def test_rumur_has_our_states_and_fires_our_transitions(asked: Scenario, tmp_path: Path) -> None:
    told = rumured(tmp_path, exported(asked, judged=False))
    stored, fired = told_by(told, r"(\d+) states, \d+ rules"), told_by(told, r"\d+ states, (\d+) rules fired")
    assert (stored, fired) == counted(asked)


@rumur
@pytest.mark.parametrize(("name", "breaks"), [("retry-delay", True), ("last-chance", False), ("fires-online", True)])
def test_rumur_finds_broken_what_we_find_broken(name: str, breaks: bool, tmp_path: Path) -> None:
    monitor = next(prop.monitors[0] for prop in SAFETY if prop.id == name)
    asked = scenario(calls=2, monitor=monitor)
    assert (name in broken(asked)) is breaks
    told = rumured(tmp_path, model_of(product_of(asked), seen_by(asked), frozenset({name})))
    assert (f'invariant "{name}" failed' in told) is breaks


@pytest.mark.skipif(not shutil.which("NuSMV"), reason="NuSMV is not installed")
@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_nusmv_reaches_our_states_and_finds_broken_what_we_find_broken(asked: Scenario, tmp_path: Path) -> None:
    model = exported(asked, judged=True)
    (tmp_path / "model.smv").write_text(writer("smv")(model, "model.smv"))
    asking = [f'check_invar -P "{identifier(name)}"' for name, _ in model.properties]
    (tmp_path / "commands").write_text("\n".join(("go", "print_reachable_states", *asking, "quit", "")))
    told = run(tmp_path, "NuSMV", "-source", "commands", "model.smv")
    verdicts = re.findall(r"^-- invariant .* is (true|false)$", told, re.MULTILINE)
    found = {name for (name, _), verdict in zip(model.properties, verdicts, strict=True) if verdict == "false"}
    assert (told_by(told, r"reachable states: (\d+) "), found) == (counted(asked)[0], broken(asked))


TLA2TOOLS = os.environ.get("TLA2TOOLS", "tla2tools.jar")


@pytest.mark.skipif(
    not (shutil.which("java") and Path(TLA2TOOLS).is_file()), reason="TLA2TOOLS names no tla2tools.jar, or no java"
)
@pytest.mark.parametrize(
    "asked", [ASKED["two tags, an adversity with choices"], ASKED["step by step"]], ids=["algorithm", "step"]
)
def test_tlc_finds_our_states_and_the_breach_that_we_find(asked: Scenario, tmp_path: Path) -> None:
    model = exported(asked, judged=True)
    (tmp_path / "model.tla").write_text(writer("tla")(model, "model.tla"))
    invariants = " ".join(f"{identifier(name)}_holds" for name, _ in model.properties)
    (tmp_path / "model.cfg").write_text(f"INIT Init\nNEXT Next\nINVARIANT {invariants}\n")
    command = ("java", "-cp", str(Path(TLA2TOOLS).absolute()), "tlc2.TLC", "-deadlock", "-continue", "model")
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    found = set(re.findall(r"Invariant (\w+)_holds is violated", told))
    assert found == {identifier(name) for name in broken(asked)}
    assert told_by(told, r"(\d+) distinct states found, 0 states left") == counted(asked)[0]

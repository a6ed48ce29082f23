"""Implementations of periodic sync judged by what can be seen of them, in memory and in a real Chromium."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgsync.driving import Operation
from bgsync.fuzz.adapter import Adapter
from bgsync.fuzz.campaign import Plan, Result, campaign
from bgsync.fuzz.finding import replay
from bgsync.fuzz.text import oracle
from bgsync.observing import Reproduction
from bgsync.shipped.model.periodic_background_sync.in_chromium import PeriodicInChromium
from bgsync.shipped.model.periodic_background_sync.observing import OBSERVING
from bgsync.shipped.model.periodic_background_sync.reproductions import REPRODUCTIONS
from tests import command
from tests.browser import executable
from tests.specs import PERIODIC

TAGS = ("t1", "t2")
MEANT, OBSERVED = (oracle(OBSERVING, name, TAGS) for name in ("spec", "chromium"))
BROWSER = os.environ.get("BGSYNC_CHROMIUM")


class Right:
    """Does what the text means, in memory: a failed event is not tried again."""

    def reset(self) -> None:
        self.online, self.page, self.granted = True, True, True
        self.listed, self.running, self.begun = set[str](), list[str](), list[str]()

    def events(self) -> list[str]:
        begun, self.begun = self.begun, []
        return begun

    def tags(self) -> list[str]:
        return sorted(self.listed)

    def register(self, tag: str) -> str | None:
        if not self.granted:
            return "NotAllowedError"
        if not self.page:
            return "InvalidAccessError"
        self.listed.add(tag)
        return None

    def register_from_worker(self, tag: str) -> str | None:
        return self.register(tag)

    def withdraw(self, tag: str) -> None:
        self.listed.discard(tag)

    def settle(self, tag: str, fulfilled: bool) -> None:
        self.running.remove(tag)

    def elapse(self) -> None:
        for tag in sorted(self.listed - set(self.running)) if self.online else ():
            self.running.append(tag)
            self.begun.append(tag)

    def go_offline(self) -> None:
        self.online = False

    def go_online(self) -> None:
        self.online = True

    def close_page(self) -> None:
        self.page = False

    def open_page(self) -> None:
        self.page = True

    def revoke(self) -> None:
        self.granted = False
        self.listed.clear()

    def grant(self) -> None:
        self.granted = True


class KeepsWhatIsRevoked(Right):
    def revoke(self) -> None:
        self.granted = False


class FiresOnlyOnce(Right):
    def settle(self, tag: str, fulfilled: bool) -> None:
        super().settle(tag, fulfilled)
        self.listed.discard(tag)


class FiresOffline(Right):
    def elapse(self) -> None:
        online, self.online = self.online, True
        super().elapse()
        self.online = online


class FiresWhatIsWithdrawn(Right):
    def withdraw(self, tag: str) -> None:
        pass


class FiresAgainAtOnce(Right):
    def settle(self, tag: str, fulfilled: bool) -> None:
        super().settle(tag, fulfilled)
        if fulfilled:
            super().elapse()


class AsksForNoPage(Right):
    def close_page(self) -> None:
        pass


def driven(made: object, judge: object = MEANT) -> Result:
    return campaign(lambda: made, OBSERVING, judge, TAGS, Plan(60, seed=1))  # type: ignore[arg-type]


def test_a_right_implementation_survives() -> None:
    result = driven(Right())
    assert result.findings == ()
    assert result.steps > 400


@pytest.mark.parametrize(
    "wrong",
    [KeepsWhatIsRevoked, FiresOnlyOnce, FiresOffline, FiresWhatIsWithdrawn, FiresAgainAtOnce, AsksForNoPage],
    ids=lambda wrong: wrong.__name__,
)
def test_a_wrong_implementation_is_found(wrong: type[Right]) -> None:
    findings = driven(wrong()).findings
    assert findings
    assert all(replay(Adapter(Right(), OBSERVING), MEANT, one.operations) is None for one in findings)


def test_a_step_of_the_text_is_named_with_its_place() -> None:
    kept = next(one for one in driven(KeepsWhatIsRevoked()).findings if one.operations[-1].name == "revoke")
    (why,) = kept.allowed[0].why
    assert MEANT.place(why).startswith("model/periodic_background_sync/periodic.py:")


def test_the_steps_of_a_text_do_not_judge_it(tmp_path: Path) -> None:
    (tmp_path / "text.bs").write_text(PERIODIC)
    adapter = f"{__file__}:Right"
    result = command.run("fuzz", adapter, "--content", "periodic", "--as", str(tmp_path / "text.bs"))
    assert result.exit_code == 2
    assert "is not judged by the steps of a text: leave --as out" in result.stderr


def test_the_steps_of_the_text_explain_no_log_and_make_no_test_of_the_web(tmp_path: Path) -> None:
    (tmp_path / "log").write_text('{"do": "register", "tag": "t1", "result": null}\n')
    log = command.run("validate", str(tmp_path / "log"), "--content", "periodic")
    web = command.run("wpt", "--content", "periodic", "-o", str(tmp_path / "web"))
    assert (log.exit_code, web.exit_code) == (2, 2)
    assert "the steps of periodic never come to rest" in log.stderr
    assert "it is not known which operations a page and a worker can do" in web.stderr


# --- in Chromium

needs_chromium = [
    pytest.mark.browser,
    pytest.mark.skipif(executable() is None, reason="no Chromium on this machine: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[PeriodicInChromium]:
    found = PeriodicInChromium(BROWSER)
    yield found
    found.close()


class TestInChromium:
    pytestmark = needs_chromium

    @pytest.mark.parametrize(
        "run",
        [
            ("register t1", "elapse", "fulfil t1", "elapse", "reject t1", "elapse", "reject t1", "elapse", "reject t1"),
            ("register t1", "elapse", "register t1", "reject t1", "fulfil t1", "elapse"),
            ("register t1", "register t2", "elapse", "withdraw t1", "fulfil t1", "fulfil t2", "elapse"),
            ("register t1", "go offline", "elapse", "go online", "elapse", "terminate", "elapse"),
            ("register t1", "elapse", "close the page", "register from the worker t2", "fulfil t1", "elapse"),
        ],
        ids=" / ".join,
    )
    def test_its_own_machine_explains_it(self, chromium: PeriodicInChromium, run: tuple[str, ...]) -> None:
        done = [Operation(*one.rsplit(" ", 1)) if one[-1].isdigit() else Operation(one) for one in run]
        finding = replay(Adapter(chromium, OBSERVING), OBSERVED, tuple(done))
        assert finding is None, str(finding)

    def test_a_short_campaign_takes_all_of_its_machine_and_finds_nothing_else(
        self, chromium: PeriodicInChromium
    ) -> None:
        result = campaign(lambda: chromium, OBSERVING, OBSERVED, TAGS, Plan(20, seed=3))
        assert (result.findings, result.missing) == ((), {})
        assert list(result.lacking) == ["restart"]

    @pytest.mark.parametrize(
        ("run", "allowed"),
        [
            (("register t1", "elapse", "register t1", "fulfil t1"), "fire a periodicsync event 6.7.4.1"),
            (("register t1", "revoke"), "respond to permission revocation 1.1"),
        ],
        ids=["registered again", "revoked"],
    )
    def test_it_differs_from_what_the_text_means(
        self, chromium: PeriodicInChromium, run: tuple[str, ...], allowed: str
    ) -> None:
        done = [Operation(*one.rsplit(" ", 1)) if one[-1].isdigit() else Operation(one) for one in run]
        tries = (replay(Adapter(chromium, OBSERVING), MEANT, tuple(done)) for _ in range(3))
        finding = next((one for one in tries if one is not None), None)  # an event that comes too late is not seen
        assert finding is not None
        assert [why for one in finding.allowed for why in one.why] == [allowed]

    @pytest.mark.parametrize("kept", REPRODUCTIONS, ids=lambda kept: kept.name)
    def test_a_kept_difference_shows_again(self, kept: Reproduction) -> None:
        assert any(kept.shows(BROWSER) for _ in range(3))

"""The plugin for pytest: machines as tests, findings as failures, and what was covered in the summary.

Nothing of bgsync is imported before it is needed, so that projects which only have it installed pay nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bgsync.machines.check import MachineReport

_PROPERTY = "bgsync"
"""The property of a test, in JUnit, too, that says what was covered."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--bgsync`, and what it checks."""
    group = parser.getgroup("bgsync", "state machines")
    group.addoption(
        "--bgsync",
        action="store_true",
        help="Check the machines of the ini option `bgsync_machines`, too, each as a test.",
    )
    lines = "Machines to check with --bgsync, one a line: path/to/file.py:name, --data for their data, --stub NAME."
    parser.addini("bgsync_machines", lines, type="linelist", default=[])


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add a test per machine."""
    if not config.getoption("bgsync"):
        return
    lines = config.getini("bgsync_machines")
    if not lines:
        raise pytest.UsageError("--bgsync: no machine is named; list them in the ini option bgsync_machines")
    for line in lines:
        target, *flags = line.split()
        parser = argparse.ArgumentParser(prog="bgsync_machines", add_help=False, exit_on_error=False)
        parser.add_argument("--data", action="store_true")
        parser.add_argument("--stub", action="append", default=[])
        try:
            how, unknown = parser.parse_known_args(flags)
        except argparse.ArgumentError as error:
            raise pytest.UsageError(f"bgsync_machines: {line!r}: {error}") from None
        if unknown:
            raise pytest.UsageError(f"bgsync_machines: {line!r}: only --data and --stub NAME may follow a machine")
        name = " ".join([target, *flags])
        items.append(MachineItem.from_parent(session, name=name, target=target, data=how.data, stubs=tuple(how.stub)))


class MachineItem(pytest.Item):
    """The check of a machine, in a process of its own."""

    def __init__(self, *, target: str, data: bool, stubs: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target, self.data, self.stubs = target, data, stubs

    def runtest(self) -> None:
        """Check the machine."""
        from bgsync.machines.apart import Wish, check_apart
        from bgsync.machines.others import is_chart
        from bgsync.machines.testing import MachineFailed, covered, text_of

        in_file = is_chart(self.target) or self.target.rpartition(":")[0].endswith(".py")
        target = str(self.config.rootpath / self.target) if in_file else self.target
        report, printed = check_apart(Wish(target, self.data, stubs=self.stubs))
        if printed:
            self.add_report_section("call", "stdout", printed)
        self.user_properties.append((_PROPERTY, f"{self.name}: {covered(report)}"))
        if report.exit_status:
            raise MachineFailed(text_of(self.name, report))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Tell findings without a traceback through bgsync."""
        return str(excinfo.value) if _is_told(excinfo.value) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Say where the machine is."""
        return self.config.rootpath / self.target.rpartition(":")[0], None, f"machine {self.name}"


def _is_told(error: BaseException | None) -> bool:
    from bgsync.machines.table import MachineError
    from bgsync.machines.testing import MachineFailed

    return isinstance(error, (MachineFailed, MachineError))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Note what a check in this test has covered."""
    testing: Any = sys.modules.get("bgsync.machines.testing")
    if testing is None:
        return (yield)

    def note(name: str | None, said: str) -> None:
        own = item.parent.name if item.parent is not None and item.name == "runTest" else item.name
        item.user_properties.append((_PROPERTY, f"{name or own}: {said}"))

    testing.told.append(note)
    try:
        return (yield)
    except testing.MachineFailed as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    finally:
        testing.told.remove(note)


@pytest.fixture
def check_machine() -> Callable[..., MachineReport]:
    """Check whatever leads to a machine: `check_machine(door, data=True)`. Fails the test with the findings."""
    from bgsync.machines import testing
    from bgsync.machines.loading import machine_in

    def check(value: Any, name: str = "machine", **options: Any) -> MachineReport:
        return testing.require(machine_in(value, name), name, **options)

    return check


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was covered of each machine."""
    reports = [each for found in terminalreporter.stats.values() for each in found if hasattr(each, "user_properties")]
    lines = [str(value) for each in reports for name, value in each.user_properties if name == _PROPERTY]
    if lines:
        terminalreporter.section("state machines")
        for line in sorted(set(lines)):
            terminalreporter.write_line(line)

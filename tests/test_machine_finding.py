"""Finding the machine that a user names, and running it in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from bgsync.machines.apart import Wish, check_apart
from bgsync.machines.loading import load_machine
from bgsync.machines.table import MachineError

HELD = """
from transitions import Machine
class Connection:
    def __init__(self, loop=None):
        self.sm = Machine(model=self, states=["down", "up"], initial="down", auto_transitions=False,
                          transitions=[["open", "down", "up"], ["close", "up", "down"]])
class Service:
    def __init__(self):
        self.connection = Connection()
class Model: pass
class Mode(Machine):
    def __init__(self):
        super().__init__(states=["x", "y"], initial="x", auto_transitions=False, transitions=[["go", "x", "y"]])
connection, service, model = Connection(), Service(), Model()
of_model = Machine(model, states=["a"], initial="a", auto_transitions=False)
def make(): return Connection()
async def later(): return of_model
class Two:
    def __init__(self): self.one, self.other = Mode(), Mode()
two = Two()
"""


@pytest.mark.parametrize(
    ("name", "states", "made"),
    [
        ("connection", {"down", "up"}, "machine = connection.sm"),
        ("connection.sm", {"down", "up"}, "machine = connection.sm"),
        ("Connection", {"down", "up"}, "machine = Connection().sm"),
        ("Connection.sm", {"down", "up"}, "machine = Connection().sm"),
        ("service.connection.sm", {"down", "up"}, "machine = service.connection.sm"),
        ("service.connection", {"down", "up"}, "machine = service.connection.sm"),
        ("make", {"down", "up"}, "machine = make().sm"),
        ("Mode", {"x", "y"}, "machine = Mode()"),
        ("model", {"a"}, "machine = model.trigger.func.__self__"),
        ("later", {"a"}, "machine = later()"),
        ("two.other", {"x", "y"}, "machine = two.other"),
    ],
)
def test_whatever_leads_to_a_machine_may_be_named(tmp_path: Path, name: str, states: set[str], made: str) -> None:
    file = tmp_path / "held.py"
    file.write_text(HELD)
    loaded = load_machine(f"{file}:{name}")
    assert set(loaded.machine.states) == states
    assert loaded.setup == (f"from held import {name.split('.')[0]}", made)


def test_several_machines_of_one_object_are_named_to_choose_from(tmp_path: Path) -> None:
    file = tmp_path / "held.py"
    file.write_text(HELD)
    with pytest.raises(
        MachineError, match=r"holds several machines; name one of .*held.py:two.one, .*held.py:two.other"
    ):
        load_machine(f"{file}:two")
    with pytest.raises(MachineError, match=r"there is no 'conn'; name one of its machines \(connection.sm, of_model"):
        load_machine(f"{file}:conn")


@pytest.mark.parametrize(
    ("place", "regular"),
    [(".names", True), ("names", True), ("app.names", True), (".names", False), ("names", False)],
)
def test_siblings_are_imported_as_python_imports_them(tmp_path: Path, place: str, regular: bool) -> None:
    package = tmp_path / "app"
    package.mkdir()
    if regular:
        (package / "__init__.py").write_text("")
    (package / "names.py").write_text("STATES = ['a', 'b']\n")
    (package / "door.py").write_text(
        f"from transitions import Machine\nfrom {place} import STATES\nmachine = Machine(states=STATES, initial='a')\n"
    )
    report, _ = check_apart(Wish(f"{package / 'door.py'}:machine"))
    assert report.states == ("a", "b")
    assert not list(package.rglob("__pycache__"))


DOOR = """from transitions import Machine
machine = Machine(states=["a", "b"], initial="a", transitions=[["go", "a", "b"]])
"""


def test_a_module_is_named_as_python_names_it(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "door.py").write_text(DOOR)
    command = [sys.executable, "-m", "bgsync.cli", "check", "app.door:machine"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[0] == "app.door:machine: 2 of 2 states reachable"
    assert "      from app.door import machine" in done.stdout


def test_what_the_file_prints_stays_apart(tmp_path: Path) -> None:
    (tmp_path / "door.py").write_text("print('hello from the door')\n" + DOOR)
    command = [sys.executable, "-m", "bgsync.cli", "check", "door.py:machine", "--format", "json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("{\n")
    assert done.stderr == "door.py:machine printed:\nhello from the door\n"
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("text", "seconds", "says"),
    [
        ("import time\ntime.sleep(3600)\n", 0.1, "still running after 0.1 s; make the file import without starting"),
        ("import os\nprint('bye')\nos._exit(7)\n", 20, r"its process ended with status 7 \(bye\); make the file"),
    ],
)
def test_a_file_that_hangs_or_ends_the_process_is_one_line(
    tmp_path: Path, text: str, seconds: float, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bgsync.machines.apart._GRACE", 0.1)
    (tmp_path / "door.py").write_text(text + DOOR)
    with pytest.raises(MachineError, match=says) as caught:
        check_apart(Wish(f"{tmp_path / 'door.py'}:machine", seconds=seconds))
    assert "\n" not in str(caught.value)

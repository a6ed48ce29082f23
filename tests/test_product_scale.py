"""What is too large for one run, one memory or one machine: the same states all the same."""

import io
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bgsync.product import compiled
from bgsync.product.arrays import Product
from bgsync.product.checkpoint import MARK, Checkpoint, CheckpointError, Folder, fingerprint, opened
from bgsync.product.pages import Pages, count
from bgsync.product.resources import Resources
from bgsync.product.search import FAST, reachable
from tests.sample import chosen
from tests.test_product import product_of, scenario
from tests.waiting import wait_until

ROOT = Path(__file__).parents[1]
FASTEST = chosen({"numpy": False, "compiled": True}, ("compiled",)) if FAST else [False]
compiled_only = pytest.mark.skipif(not FAST, reason="numba is not installed")


def product(tags: int = 2) -> Product:
    return product_of(scenario(granularity="step", tags=tags, calls=1)).product


def states(pages: Pages) -> set[tuple[tuple[int, ...], bytes]]:
    return {(key, page.tobytes()) for key, page in pages.items() if page.any()}


@cache
def whole_of(fast: bool) -> Pages:
    """Give what an engine finds without an interruption."""
    pages, complete = reachable(product(), fast=fast, symmetry=fast)
    assert complete
    return pages


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at what was found after every page."""
    monkeypatch.setattr(compiled, "PAUSE", 0.0)


def stopped_after(pages: int, asked: Product, resources: Resources, *, fast: bool) -> tuple[Pages, bool]:
    left = iter(range(pages))

    def stop(states: int, rounds: int, frontier: int) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    return reachable(asked, fast=fast, symmetry=fast, progress=stop, resources=resources)


# --- checkpoints

CHILD = """
import sys, time
from pathlib import Path
from bgsync.product import compiled, search
from bgsync.product.checkpoint import opened
from bgsync.product.resources import Resources
from tests.test_product_scale import product
compiled.PAUSE = 0.0
with opened(Path(sys.argv[1]), 0.05) as folder:
    pace = lambda states, rounds, frontier: time.sleep(0.002)
    fast = sys.argv[2] == "True"
    search.reachable(product(), fast=fast, symmetry=fast, progress=pace, resources=Resources(folder))
"""


@pytest.mark.parametrize("fast", FASTEST)
def test_after_kill_9_in_the_middle_it_goes_on_to_the_same_states(tmp_path: Path, fast: bool) -> None:
    whole = whole_of(fast)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "7"}
    with subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path), str(fast)], cwd=ROOT, env=environment) as child:
        wait_until(lambda: bool(list(tmp_path.glob("*.npz"))))
        with pytest.raises(CheckpointError, match="another check is using it"), opened(tmp_path):
            pass
        time.sleep(0.1)
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    with opened(tmp_path) as folder:
        saved = Checkpoint(folder, product(), fast).load()
        assert saved is not None
        assert 0 < np.bitwise_count(saved.seen).sum() < count(whole)
        pages, complete = reachable(product(), fast=fast, symmetry=fast, resources=Resources(folder))
        assert complete
        assert states(pages) == states(whole)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize(
    ("pages", "fast"),
    [
        pytest.param(pages, fast, marks=[pytest.mark.campaign] * (FAST and not fast and pages != 30))
        for fast in (False, True)[: 1 + FAST]
        for pages in (0, 1, 30, 150)
    ],
)
def test_wherever_it_is_interrupted_it_goes_on_from_there(tmp_path: Path, fast: bool, pages: int) -> None:
    whole = whole_of(fast)
    with opened(tmp_path) as folder:
        part, complete = stopped_after(pages, product(), Resources(folder), fast=fast)
        assert not complete
        assert count(part) < count(whole)
        again, complete = reachable(product(), fast=fast, symmetry=fast, resources=Resources(folder))
        assert complete
        assert states(again) == states(whole)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("fast", FASTEST)
def test_what_is_complete_is_not_explored_again(tmp_path: Path, fast: bool) -> None:
    with opened(tmp_path) as folder:
        whole, _ = reachable(product(), fast=fast, symmetry=fast, resources=Resources(folder))
        again, complete = stopped_after(0, product(), Resources(folder), fast=fast)
        assert complete
        assert states(again) == states(whole)


def test_explorations_share_a_folder_and_none_goes_on_from_another(tmp_path: Path) -> None:
    asked = [product(), product(tags=3), product_of(scenario()).product]
    with opened(tmp_path) as folder:
        for one in asked:
            reachable(one, resources=Resources(folder))
        assert len(list(tmp_path.glob("*.npz"))) == 3
        for one in asked:
            assert states(reachable(one, resources=Resources(folder))[0]) == states(reachable(one)[0])


def test_a_fingerprint_tells_models_bounds_and_symmetry_apart() -> None:
    one = product()
    changed = replace(one.tables[0], edge_masks=one.tables[0].edge_masks ^ np.uint64(1))
    others = [product(tags=3), replace(one, room=one.room + 1), replace(one, tables=(changed, *one.tables[1:]))]
    known = {fingerprint(one, symmetry=False), fingerprint(one, symmetry=True)}
    assert len(known | {fingerprint(other, symmetry=False) for other in others}) == 5
    assert fingerprint(replace(one), symmetry=False) in known


@pytest.mark.parametrize("harm", ["cut", "flipped", "empty", "another", "objects"])
def test_a_damaged_checkpoint_is_refused_with_the_repair(tmp_path: Path, harm: str) -> None:
    with opened(tmp_path) as folder:
        reachable(product(), resources=Resources(folder))
        (file,) = tmp_path.glob("*.npz")
        data = file.read_bytes()
        middle = len(data) // 2
        if harm == "another":
            reachable(product(tags=3), resources=Resources(folder))
            (other,) = set(tmp_path.glob("*.npz")) - {file}
            data = other.read_bytes()
        objects = io.BytesIO()
        np.savez(objects, fingerprint=np.array([{"an object": 1}]))
        broken = {
            "cut": data[:-100],
            "flipped": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
            "empty": b"",
            "another": data,
            "objects": objects.getvalue(),
        }
        file.write_bytes(broken[harm])
        with pytest.raises(CheckpointError, match=r"\.npz: damaged \(it is .+\): delete this file to begin") as caught:
            reachable(product(), resources=Resources(folder))
        assert "pickle" not in str(caught.value), "numpy's advice is to load what is not to be trusted"
        file.unlink()
        assert reachable(product(), resources=Resources(folder))[1]


def test_a_folder_of_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(CheckpointError, match=r"no folder of checkpoints, it has 'letter\.txt'"), opened(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    with pytest.raises(CheckpointError, match=r"letter.txt: .*: name a folder"), opened(tmp_path / "letter.txt"):
        pass


def test_what_a_killed_check_was_writing_is_swept_up(tmp_path: Path) -> None:
    with opened(tmp_path):
        (tmp_path / "abc.1.unfinished").write_bytes(b"half of it")
    with opened(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [MARK]


def test_a_checkpoint_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="make room, or name another folder"):
        reachable(product(), resources=Resources(Folder(tmp_path / "gone")))


# --- disk


@compiled_only
@pytest.mark.parametrize("tags", [2, 3])
def test_on_disk_there_are_the_same_states(tmp_path: Path, tags: int) -> None:
    asked = product(tags=tags)
    pages, complete = reachable(asked, symmetry=True, resources=Resources(disk=tmp_path))
    assert complete
    assert states(pages) == states(reachable(asked, symmetry=True)[0])
    assert list(tmp_path.iterdir()) == []


@compiled_only
@pytest.mark.usefixtures("eager")
def test_disk_and_checkpoints_go_together(tmp_path: Path) -> None:
    asked = product(tags=3)
    with opened(tmp_path / "checkpoints") as folder:
        both = Resources(folder, tmp_path)
        assert not stopped_after(100, asked, both, fast=True)[1]
        assert states(reachable(asked, symmetry=True, resources=both)[0]) == states(reachable(asked, symmetry=True)[0])


@compiled_only
def test_a_full_disk_ends_it_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int, start: int, size: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(OSError, match="No space left on device for 8,192 bytes of states") as caught:
        reachable(product(), resources=Resources(disk=tmp_path))
    assert str(tmp_path) in str(caught.value)

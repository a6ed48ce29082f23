"""Two workers find what one process finds, whatever happens to them; the cluster is started once for all tests."""

import logging
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bgsync.judge.check import check
from bgsync.product import compiled
from bgsync.product.checkpoint import opened
from bgsync.product.pages import count
from bgsync.product.resources import Resources
from bgsync.product.search import FAST, levels, reachable
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.properties.background_sync import PROPERTIES
from tests.models import question
from tests.test_product import product_of, scenario
from tests.test_product_scale import product, states

cluster = pytest.importorskip("bgsync.product.cluster", reason="bgsync[cluster] is not installed")


@pytest.fixture(scope="module")
def workers() -> Iterator[Resources]:
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # of the worker that a test kills
    with cluster.connected("local", 2) as client:
        yield Resources(cluster=client)


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at what was found after every level."""
    monkeypatch.setattr(compiled, "PAUSE", 0.0)


@pytest.mark.parametrize("fast", [False, True] if FAST else [False])
def test_two_workers_find_the_same_states(workers: Resources, fast: bool) -> None:
    asked = product_of(scenario()).product
    rounds = 0

    def tell(found: int, done: int, pages: int) -> None:
        nonlocal rounds
        rounds = done

    pages, complete = reachable(asked, fast=fast, symmetry=fast, progress=tell, resources=workers)
    assert complete
    assert states(pages) == states(reachable(asked, fast=fast, symmetry=fast)[0])
    assert rounds <= len(list(levels(asked)))


@pytest.mark.campaign
def test_a_worker_that_is_killed_in_the_middle_changes_nothing(workers: Resources) -> None:
    assert workers.cluster is not None
    asked, killed = product_of(scenario(granularity="step", calls=1)).product, list[int]()
    pids = workers.cluster.run(os.getpid)

    def kill(found: int, done: int, pages: int) -> None:
        if done >= 10 and not killed:
            killed.append(sorted(pids.values())[0])
            os.kill(killed[0], signal.SIGKILL)

    pages, complete = reachable(asked, symmetry=FAST, progress=kill, resources=workers)
    assert killed
    assert complete
    assert states(pages) == states(reachable(asked, symmetry=FAST)[0])


def test_a_cluster_goes_on_from_a_checkpoint_and_its_own_is_gone_on_with_elsewhere(
    workers: Resources, tmp_path: Path
) -> None:
    whole, _ = reachable(product(), symmetry=FAST)

    def stop(found: int, done: int, pages: int) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    with opened(tmp_path) as folder:
        there = replace(workers, checkpoints=folder)
        part, complete = reachable(product(), symmetry=FAST, progress=stop, resources=there)
        assert not complete
        assert 0 < count(part) < count(whole)
        again, complete = reachable(product(), symmetry=FAST, resources=Resources(folder))
        assert complete
        assert states(again) == states(whole)
        assert states(reachable(product(), symmetry=FAST, resources=there)[0]) == states(whole)


def test_verdicts_are_those_of_one_process(workers: Resources) -> None:
    asked = [prop for prop in PROPERTIES if prop.id in ("unique-tag", "retry-delay", "gate")]
    here, there = (
        check(question(SPEC, asked, ("algorithm",), tags=2, resources=resources))
        for resources in (Resources(), workers)
    )
    assert there.verdicts == here.verdicts
    assert [e.states for e in there.explorations] == [e.states for e in here.explorations]
    assert {v.verdict for v in here.verdicts} == {"holds", "violated"}


def test_what_answers_nowhere_is_refused_with_the_repair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "TIMEOUT", 0.3)
    with (
        pytest.raises(cluster.ClusterError, match=r"no scheduler answers there .*: start one, or take local"),
        cluster.connected("tcp://127.0.0.1:9", 1),
    ):
        pass


@pytest.mark.campaign
def test_a_cluster_without_any_worker_left_ends_it_with_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.3)
    with cluster.connected("local", 1) as client:

        def leave(found: int, done: int, pages: int) -> None:
            if done == 5:
                client.cluster.scale(0)

        with pytest.raises(cluster.ClusterError, match="no worker any more: start some"):
            reachable(product(), symmetry=FAST, progress=leave, resources=Resources(cluster=client))

"""Keeps what explorations gave between runs, each by a digest of all that it depends on.

That is the code of bgsync, and the question: the spec, the world, the properties, the bounds. On which line a step
stands bears on nothing, so a line more above it changes nothing, and what is told says where the step stands now. Only
what came to its end by itself is kept: not what was interrupted, nor what ran out of time or memory.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from bgsync.cache.digest import Digests, UnknownError, code
from bgsync.cache.store import Store, folder
from bgsync.cache.values import Values
from bgsync.judge.explorations import Exploration, Result
from bgsync.language import Origin, Spec
from bgsync.product.resources import NOTHING_ELSE


class Results:
    """What explorations gave, in a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._specs: dict[int, tuple[Spec, Digests, Values]] = {}

    def find(self, exploration: Exploration) -> Result | None:
        """Give what an exploration gave when it was made before; None where that is not known."""
        key = self._key(exploration)
        data = None if key is None else self.store.get(key)
        if data is None:
            return None
        try:
            found = self._of(exploration.scenario.spec)[1].read(data)
        except (ValueError, LookupError, TypeError):
            return None  # a file that somebody else has changed
        if not isinstance(found, Result):
            return None
        return replace(found, explored=tuple(replace(each, seconds=0.0, kept=True) for each in found.explored))

    def keep(self, exploration: Exploration, result: Result) -> None:
        """Keep what an exploration gave."""
        key = self._key(exploration)
        if key is None or result.interrupted or result.spent or not result.explored:
            return
        with suppress(UnknownError):
            self.store.put(key, self._of(exploration.scenario.spec)[1].write(result))

    def _key(self, one: Exploration) -> str | None:
        """Give the digest of an exploration, None where it has none."""
        effort = one.effort
        if effort.walks is not None or effort.resources != NOTHING_ELSE:
            return None
        asked = one.scenario, one.properties, one.limit, one.settled, effort.limit, effort.reductions
        try:
            return self._of(one.scenario.spec)[0]((code(), asked)).hex()
        except UnknownError:
            return None

    def _of(self, spec: Spec) -> tuple[Digests, Values]:
        known = self._specs.get(id(spec))
        if known is None:
            origins = _origins(spec)
            places = {
                origin: (origin.algorithm, origin.path, origin.sentence, number)
                for number, origin in enumerate(origins)
            }

            def instead(value: Any) -> Any:
                if isinstance(value, Origin):
                    return places.get(value, value)
                return replace(value, revision="") if value is spec else value

            known = self._specs[id(spec)] = spec, Digests(instead), Values(origins)
        return known[1:]


def cache() -> Results | None:
    """Give what is kept in the folder for it, None where nothing is to be kept."""
    place = folder()
    return None if place is None else Results(Store(place))


def _origins(spec: Spec) -> list[Origin]:
    """Give the places of the steps of a spec, in their order, each once."""
    return list(dict.fromkeys(each.origin for each in spec.statements() if each.origin is not None))

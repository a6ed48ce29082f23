"""What is shown of a text is in its own words: pictures and the simulator, too, speak of its things by its names."""

import random
import re

import pytest

from bgsync.draw.gallery import Gallery
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.simulator.data import seen, told
from bgsync.simulator.monitors import beside
from bgsync.simulator.spec import SpecSimulation
from bgsync.system.scenario import Scenario
from tests.answers import target
from tests.specs import PRINT_QUEUE

TEXT = target(PRINT_QUEUE, "print.bs")
FOREIGN = re.compile(r"(?<!service worker )\bregistrations?\b|\bsync\b|\b(?:this|same) tag\b")


def test_the_pictures_of_a_text_speak_of_its_things_by_its_names() -> None:
    assert TEXT.text is not None
    files = dict(Gallery(TEXT.content, TEXT.text).files())
    assert "print job A: in the list" in files["trace-unique-tag.svg"].replace("#58;", ":")
    foreign = {name: found for name, text in files.items() if (found := FOREIGN.findall(text.replace("<br/>", " ")))}
    assert foreign == {}


@pytest.mark.parametrize("seed", range(3))
def test_the_simulator_of_a_text_speaks_of_its_things_by_its_names(seed: int) -> None:
    scenario = Scenario(TEXT.spec, ONE_OFF.world, "algorithm", monitor=beside(ONE_OFF.properties))
    by = SpecSimulation(scenario, ONE_OFF.properties, "print.bs")
    chance, here = random.Random(seed), by.start()
    for _ in range(15):
        said = repr(([told(choice) for choice in by.choices(here)], seen(by.scene(here)), list(by.goals())))
        assert FOREIGN.findall(said) == []
        here = chance.choice([choice.after for choice in by.choices(here) if choice.after is not None])

"""Of many cases of one kind the line that runs the tests takes a seeded sample; `-m campaign` takes the others."""

import random
from collections.abc import Iterable, Mapping
from typing import Any

import pytest


def sample(cases: Mapping[str, Any], many: int) -> list[Any]:
    """Give all cases by their names, those that are not drawn marked as the campaign's; a tuple is several values."""
    return chosen(cases, random.Random(len(cases)).sample([*cases], many))


def chosen(cases: Mapping[str, Any], names: Iterable[str]) -> list[Any]:
    """Give all cases by their names, those that are not named marked as the campaign's; a tuple is several values."""
    kept = {*names}
    assert kept <= {*cases}
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            id=name,
            marks=[] if name in kept else [pytest.mark.campaign],
        )
        for name, case in cases.items()
    ]

"""What an edit of a spec did: the steps it changed, what can be observed of it, the promises broken and repaired."""

from bgsync.compare.behaviour import Comparison, DistinguishingTrace, Size, compare
from bgsync.compare.data import leaving_words_open, same_but_for_names, same_data
from bgsync.compare.json import to_json
from bgsync.compare.properties import Change, Changes, broken_and_repaired
from bgsync.compare.steps import AlgorithmChange, StepChange, changed_steps
from bgsync.compare.text import print_changes, print_comparison

__all__ = [
    "AlgorithmChange",
    "Change",
    "Changes",
    "Comparison",
    "DistinguishingTrace",
    "Size",
    "StepChange",
    "broken_and_repaired",
    "changed_steps",
    "compare",
    "leaving_words_open",
    "print_changes",
    "print_comparison",
    "same_but_for_names",
    "same_data",
    "to_json",
]

"""Whether what fires an event holds the queue that it was enqueued on: a reading that the text leaves open.

By `held` the steps of a batch are done one after the other, so a call in it that fires holds the queue until the firing
has ended. By `free` the batch only starts it: what it fires runs beside the queue, and the next batch may begin.
"""

from dataclasses import replace

from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.algorithm import Spec
from bgsync.language.reaching import firing

QUEUE_READINGS = ("held", "free")


def fires_in_batches(spec: Spec) -> bool:
    """Whether a batch of a queue calls what fires an event, so that the readings differ."""
    return freed(spec) is not spec


def freed(spec: Spec) -> Spec:
    """Give a spec in which what a batch calls and what fires runs in parallel with it; itself where nothing does."""
    fire = firing(spec)
    algorithms = tuple(replace(part, steps=_beside(part.steps, fire)) for part in spec.algorithms)
    rules = tuple(replace(rule, steps=_beside(rule.steps, fire)) for rule in spec.rules)
    changed = (algorithms, rules) != (spec.algorithms, spec.rules)
    return replace(spec, algorithms=algorithms, rules=rules) if changed else spec


def _beside(body: tuple[s.Statement, ...], firing: frozenset[str], *, batch: bool = False) -> tuple[s.Statement, ...]:
    """Give steps in which those of a batch that call what fires are started in parallel."""
    made = list[s.Statement]()
    for each in body:
        if batch and isinstance(each, s.Call) and each.algorithm in firing and not each.bind:
            made.append(s.InParallel((each,), origin=each.origin))
            continue
        within = isinstance(each, s.Enqueue) or (batch and not isinstance(each, traversal.ASYNCHRONOUS))
        inner = traversal.body_of(each)
        changed = _beside(inner, firing, batch=within)
        made.append(each if changed == inner else replace(each, body=changed))  # type: ignore[call-arg]
    return tuple(made)

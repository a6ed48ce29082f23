"""What a step does to objects that are not in the list, and to those that it takes out of it."""

from collections.abc import Set

from bgsync.system.state import slots_of
from bgsync.system.step import State, Step


def taken_out(before: State, after: State) -> frozenset[int]:
    """Give the slots of the objects that are taken out of the list; collected where they are followed by themselves."""
    heap = after.shared.heap
    there = ((slot, heap[slot] if slot < len(heap) else None) for slot, _ in enumerate(before.shared.heap))
    return frozenset(
        slot
        for slot, now in there
        if (known := before.shared.heap[slot])
        and (known.listed or before.disjoint)
        and (not now or now.listed < known.listed)
    )


def changed_for(slots: Set[int], before: State, step: Step) -> Set[int]:
    """Give the slots of objects that are collected or listed by a step, or held by other objects only before or after.

    Of the former those among `slots`, which are held before it and not in the list.
    """
    assert step.after is not None
    heap = step.after.shared.heap
    changed = {slot for slot in slots if slot >= len(heap) or (known := heap[slot]) is None or known.listed}
    return changed | (_held_by_objects(before) ^ _held_by_objects(step.after))


def _held_by_objects(state: State) -> frozenset[int]:
    heap = enumerate(state.shared.heap)
    held = (slot for place, known in heap if known for x in known.fields for slot in slots_of(x) if slot != place)
    return frozenset(held)

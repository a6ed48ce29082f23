"""Makes `transitions` machines of tables."""

from collections.abc import Iterable

from transitions import Machine, State


def built(
    name: str,
    states: Iterable[str],
    initial: str,
    rows: Iterable[tuple[str, str, str]],
    *,
    final: Iterable[str] = (),
    model: object | None = None,
) -> Machine:
    """Make a machine of rows: trigger, source, destination. `model` gets the state; by default the machine itself."""
    ends = set(final)
    return Machine(
        model=Machine.self_literal if model is None else model,
        states=[State(state, final=state in ends) for state in states],
        initial=initial,
        transitions=[{"trigger": trigger, "source": source, "dest": dest} for trigger, source, dest in rows],
        auto_transitions=False,
        name=name,
    )

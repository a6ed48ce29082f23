"""Says what a state and an action of a system are, in a line: for graphs, drawings and error messages."""

from bgsync.system.state import Ref
from bgsync.system.step import NEVER_SETTLES, Action, Caller, State
from bgsync.system.system import System
from bgsync.system.world import World


def object_states(system: System, state: State) -> dict[str, str]:
    """Give the state of the object in the list of every key; `absent` where none is, all states where there are more.

    An object that has no member for its key is of every key that it holds anywhere, or of the only one that there is.
    """
    keys, members = system.scenario.tag_names, system.scenario.spec.type.members
    place = next((place for place, member in enumerate(members) if member.values is not None), None)
    found: dict[str, set[str]] = {key: set() for key in keys}
    for slot, known in enumerate(state.shared.heap):
        if known is None or not known.listed:
            continue
        if system.tag_place is None:
            of = [key for key in keys if key in known.fields or len(keys) == 1]
        else:
            of = [key for key in keys if key == system.tag(state.shared, slot)]
        now = None if place is None else known.fields[place]
        for key in of:
            found[key].add("listed" if now is None else str(now))
    return {key: " and ".join(sorted(states)) or "absent" for key, states in found.items()}


def invocations(system: System, state: State) -> list[str]:
    """Give where every invocation stands; `away` marks those that hold an object that was removed."""
    told = []
    for number in state.processes:
        process = system.process(number)
        origin = system.program.code[process.pc].origin
        held = [x for frame in process.frames for _, x in frame.variables if isinstance(x, Ref)]
        known = [state.shared.heap[reference.slot] for reference in held]
        away = " (away)" if any(o is not None and not o.listed for o in known) else ""
        told.append(f"{origin}{away}")
    return sorted(told)


def recurring(system: System, state: State) -> list[str]:
    """Give the states of the machines that come back to one again and again: what goes on all the time."""
    pairs = zip(system.world.machines, state.shared.context, strict=True)
    return [now for machine, now in pairs if machine.recurs]


def said_caller(world: World, action: Action) -> str:
    """Say who makes a call."""
    caller = action.detail
    if not isinstance(caller, Caller):
        return str(caller)
    who = world.words.handler if caller.handler else world.words.caller
    return f"{who} {caller.remark}".strip()


def label(system: System, state: State) -> str:
    """Say a state in a line."""
    objects = ", ".join(f"{key} {value}" for key, value in object_states(system, state).items())
    at = [f"at {'; '.join(invocations(system, state))}"] if state.processes else []
    return "; ".join([*recurring(system, state), objects, *at])


def attributes(system: System, state: State) -> dict[str, str | int | bool]:
    """Give a state as flat attributes: the environment, the object of each key, how many invocations there are."""
    flat: dict[str, str | int | bool] = dict(zip(system.machines, state.shared.context, strict=True))
    flat |= {f"{system.scenario.words.noun} {key}": value for key, value in object_states(system, state).items()}
    return flat | {"invocations": len(state.processes), "disjoint": state.disjoint}


def say_action(system: System, action: Action) -> str:
    """Say an action in a few words."""
    if action.kind == "call":
        return f"{said_caller(system.world, action)} calls {action.name}"
    if action.process is None:
        return action.name
    instruction = system.program.code[system.process(action.process).pc]
    match instruction.op:
        case "await":
            return f"the event is {action.detail}" if action.detail != NEVER_SETTLES else "the event never settles"
        case "extended":
            return "the handler ends, after its event"
        case "wait":
            return f"the {system.scenario.words.waits} ends"
        case "task":
            return "the event is dispatched"
        case "queue":
            return "the next batch of the queue begins"
        case _:
            return str(instruction.origin)

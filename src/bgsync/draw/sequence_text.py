"""Write a sequence diagram as Mermaid and as PlantUML."""

from bgsync.draw import mermaid, plantuml
from bgsync.draw.sequence import Item, Lane, Sequence, in_words, shown
from bgsync.plain import plain

AGAIN = "from here on, again and again"


def sequence_mermaid(sequence: Sequence) -> str:
    """Give a sequence diagram as a Mermaid `sequenceDiagram`."""
    safe, names = mermaid.safe, _names(sequence)
    lines = ["sequenceDiagram", f"    accTitle: {safe(sequence.title)}", f"    accDescr: {safe(in_words(sequence))}"]
    inside = [lane for lane in sequence.lanes if _is_inside(lane, sequence)]
    before = sequence.lanes[: sequence.lanes.index(inside[0])] if inside else ()
    lines += [f"    participant {names[lane.name]} as {safe(lane.name)}" for lane in before]
    if inside:
        lines.append(f"    box {safe(sequence.agent)}")
        lines += [f"        participant {names[lane.name]} as {safe(_label(lane, sequence))}" for lane in inside]
        lines.append("    end")
    lines += [
        f"    participant {names[lane.name]} as {safe(lane.name)}"
        for lane in sequence.lanes
        if lane not in inside and lane not in before
    ]
    for place, item in enumerate(sequence.items):
        if place == sequence.loop:
            lines.append(f"    loop {AGAIN}")
        text = "<br/>".join(map(mermaid.lines, _told(item)))
        if item.source == item.target:
            lines.append(f"    Note over {names[item.source]}: {text}")
        else:
            lines.append(f"    {names[item.source]}->>{names[item.target]}: {text}")
    if sequence.loop is not None and sequence.loop < len(sequence.items):
        lines.append("    end")
    ends = sequence.lanes[0], sequence.lanes[-1]
    lines.append(
        f"    Note over {names[ends[0].name]},{names[ends[1].name]}: {mermaid.lines(f'broken: {sequence.outcome}')}"
    )
    return "\n".join([*lines, ""])


def sequence_plantuml(sequence: Sequence) -> str:
    """Give a sequence diagram as PlantUML."""
    safe, names = plantuml.safe, _names(sequence)
    lines = ["@startuml", *plantuml.comment(in_words(sequence))]
    lines += [f"title {safe(sequence.title)}", "skinparam shadowing false", "hide footbox"]
    opened = False
    for lane in sequence.lanes:
        if _is_inside(lane, sequence) != opened:
            lines.append("end box" if opened else f'box "{safe(sequence.agent)}" #F3F4F6')
            opened = not opened
        lines.append(f'participant "{safe(_label(lane, sequence))}" as {names[lane.name]}')
    if opened:
        lines.append("end box")
    for place, item in enumerate(sequence.items):
        if place == sequence.loop:
            lines.append(f"loop {AGAIN}")
        text = r"\n".join(map(plantuml.lines, _told(item)))
        if item.source == item.target:
            lines.append(f"note over {names[item.source]} : {text}")
        else:
            lines.append(f"{names[item.source]} -> {names[item.target]} : {text}")
    if sequence.loop is not None and sequence.loop < len(sequence.items):
        lines.append("end")
    lines.append(f"note across : {plantuml.lines(f'broken: {sequence.outcome}')}")
    return "\n".join([*lines, "@enduml", ""])


def _told(item: Item) -> list[str]:
    """Give the lines of an item."""
    number = f"{item.numbers} " if item.number else ""
    where = f"{item.where}: " if item.where else ""
    changes = [f"{name}: {old} → {new}" for name, old, new in item.changes]
    return [plain(f"{number}{where}{shown(item)}"), *changes]


def _is_inside(lane: Lane, sequence: Sequence) -> bool:
    return lane.call or lane.name == sequence.agent


def _label(lane: Lane, sequence: Sequence) -> str:
    return "itself" if lane.name == sequence.agent else lane.name


def _names(sequence: Sequence) -> dict[str, str]:
    return {lane.name: f"l{number}" for number, lane in enumerate(sequence.lanes)}

"""Classes of words: what no name has in it, what tells to do something, what is a value by itself."""

from __future__ import annotations

from bgsync.language import expressions as e
from bgsync.prose.grammar.words import LIMITS

STOP = LIMITS | frozenset([
    "is", "are", "be", "to", "of", "in", "with", "and", "or", "if", "for", "from", "whose", "that", "then", "as",
    "on", "by", "equals", "set", "exists", "has", "have", "which", "when", "at", "was", "were", "it", "this",
    "into", "than", "else", ",", ".", ":", ";", "(", ")", "[", "]", "+", "=", "'s", "«", "»", "while", "each",
    "all", "any", "new", "following", "so", "because", "since", "but", "same", "respectively", "contains", "does",
])  # fmt: skip
"""Words that are no part of a name."""
PREPOSITIONS = (
    "for", "with", "on", "given", "using", "of", "passing", "from", "to", "in", "as", "against", "into", "at", "onto",
    "over", "under", "within",
)  # fmt: skip
NOT_PLAIN = LIMITS | frozenset(
    ("following", "and", "or", "if", "whether", "then", "else", "because", "since", "so", "once", "whenever", "while")
)  # fmt: skip
DEEDS = frozenset(
    ["alert", "ask", "decrypt", "disable", "dismiss", "display", "draw", "enable", "encrypt", "focus", "generate",
     "hide", "inform", "play", "present", "print", "prompt", "render", "report", "scroll", "show", "spin", "transmit",
     "vibrate", "warn"]
)  # fmt: skip
"""What is done for the user or by the device."""
STEPS_THAT = {
    (noun, relative)
    for noun in ("action", "algorithm", "callback", "function", "handler", "operation", "procedure", "step", "steps")
    for relative in ("that", "which")
}
"""What begins steps that are told in a phrase, and are no thing."""
BACK = {("value",), ("result",), ("return", "value"), ("returned", "value"), ("same",), ("steps",)}
"""What means something that was said before."""
SEVERAL = frozenset(("all", "any", "both", "each", "every", "some"))
"""What speaks of several things."""
SETTLED = ("promise ", "a promise ", "new promise", "a new promise")
"""What links begin with that say what becomes of a promise."""
LISTS = frozenset(("array", "list", "map", "record", "sequence", "set"))
"""What holds several things."""
DETERMINERS = frozenset(("any", "some", "all", "each", "every", "one", "this", "its"))
SUFFIXES = (
    *("attribute", "member", "value", "field", "property", "instance", "object", "interface"),
    *("flag", "boolean", "slot", "dictionary"),
)
INSTANCE = ("instance", "object")
NO_START = frozenset(
    [
        ",",
        ".",
        ":",
        ";",
        ")",
        "]",
        "then",
        "and",
        "or",
        "if",
        "otherwise",
        "else",
        "to",
        "run",
        "is",
        "are",
        "'s",
        "named",
        "called",
        "using",
    ]
)
NO_END = frozenset([
    ",", ".", ":", ";", "(", "[", "and", "or", "if", "the", "to", "of", "with", "is", "are", "'s", "relative",
    "according", "equal", "identical", "corresponding", "prior", "subsequent", "due", "based", "associated", "such",
])  # fmt: skip
ENDS_CONDITION = frozenset([",", ";", ":", "then", "otherwise", "else", "if", "unless"])
COMMANDS = frozenset(
    ["let", "abort", "return", "throw", "reject", "resolve", "append", "set", "terminate", "continue", "break"]
)
STARTS = frozenset(["queue", "enqueue", "fire", "add", "remove", "run", "perform", "wait", "must", "shall", "should"])
VAGUE = frozenset(["value", "result", "rest", "other", "others", "same", "them", "so", "there"])
"""Plain words that name nothing."""
RUNNING = ("running", "calling", "invoking", "performing", "executing")
TELLING = (
    "abort", "return", "terminat", "throw", "resolv", "reject", "settl", "fulfil", "promise", "set",
    "add", "append", "remov", "delet", "fire", "firing", "dispatch", "queu", "enqueu", "updat", "chang", "becom",
    "mark", "clear", "start", "stop", "wait", "run", "invok", "increment", "decrement", "fail",
)  # fmt: skip
"""What words begin with that may tell what is done."""
VERBAL = frozenset(["should", "will", "may", "can", "must", "has", "have", "is", "are", "was", "were", "does", "needs"])
CONSTANTS: dict[str, e.Expr] = {
    "null": None, "undefined": None, "true": True, "false": False, "zero": 0, "one": 1, "nothing": None,
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12,
}  # fmt: skip
"""Words that are values by themselves."""
QUALIFIERS = frozenset([
    "another", "current", "different", "every", "final", "first", "half", "last", "latest", "maximum", "minimum", "new",
    "next", "old", "oldest", "other", "previous", "remaining", "second", "third", "unique",
])  # fmt: skip
"""What says which of several things is meant."""
THINGS_MARKS = frozenset(["'s", "<", ">", "?", "+", "-", "−", "×", "*", "/", "(", ")"])
"""Marks that may stand in what names one thing."""
REQUIRES = frozenset(("may", "shall", "otherwise", "unless", "except"))
"""What a sentence that only explains does not have in it."""

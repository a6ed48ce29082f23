"""Comparing and calculating where not every value is followed. None means: it may be so or not.

Numbers are counted 0, 1, many: two numbers that are both many may be equal or not, and either may be the greater one.
"""

from bgsync.system.state import UNKNOWN, Unknown, Value

MANY = 2
"""What is counted is counted 0, 1, many."""


def is_number(value: Value) -> bool:
    """Whether a value is a number; true and false are none."""
    return type(value) is int


def key(number: int) -> str:
    """Name one of the keys that methods are called with, such as a tag: t1, t2 and so on."""
    return f"t{number}"


def is_key(value: str) -> bool:
    """Whether a string is one of these keys."""
    return value[:1] == "t" and value[1:].isdecimal()


def same(left: Value, right: Value) -> bool | None:
    """Whether two values are equal; a key may be any string that the text names."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    if isinstance(left, str) and isinstance(right, str) and is_key(left) != is_key(right):
        return None
    if {type(left), type(right)} == {str, tuple}:
        return None  # a word that stands for something of which there may be none
    if isinstance(left, int) and isinstance(right, int) and is_number(left) and is_number(right):
        return None if left >= MANY and right >= MANY else left == right
    return type(left) is type(right) and left == right


def ordered(operator: str, left: Value, right: Value) -> bool | None:
    """Whether two values are in this order; None where they are no numbers."""
    if not (isinstance(left, int) and isinstance(right, int) and is_number(left) and is_number(right)):
        return None
    if left >= MANY and right >= MANY:
        return None
    match operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case _:
            return None


def calculated(operator: str, left: Value, right: Value) -> Value:
    """Calculate, counting 0, 1, many; what that does not decide is unknown."""
    if not (isinstance(left, int) and isinstance(right, int) and is_number(left) and is_number(right)):
        return UNKNOWN
    if operator == "+" and left >= 0 and right >= 0:
        return min(left + right, MANY)
    if operator == "*" and (left == 0 or right == 0 or left == 1 or right == 1):
        return min(left * right, MANY)
    if operator == "-" and left < MANY and right <= left:
        return left - right
    return UNKNOWN

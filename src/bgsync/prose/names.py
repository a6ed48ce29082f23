"""Names that nothing defines: errors that are almost one of Web IDL's, and values that an enumeration does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.page.document import Token

ERRORS = frozenset(
    (
        *("AbortError", "AggregateError", "ConstraintError", "DataCloneError", "DataError", "EncodingError", "Error"),
        *("EvalError", "HierarchyRequestError", "InUseAttributeError", "IndexSizeError", "InvalidAccessError"),
        *("InvalidCharacterError", "InvalidModificationError", "InvalidNodeTypeError", "InvalidStateError"),
        *("NamespaceError", "NetworkError", "NoModificationAllowedError", "NotAllowedError", "NotFoundError"),
        *("NotReadableError", "NotSupportedError", "OperationError", "OptOutError", "QuotaExceededError"),
        *("RangeError", "ReadOnlyError", "ReferenceError", "SecurityError", "SyntaxError", "TimeoutError"),
        *("TransactionInactiveError", "TypeError", "TypeMismatchError", "URIError", "URLMismatchError"),
        *("UnknownError", "VersionError", "WrongDocumentError"),
    )
)
"""The exceptions and names of DOMException that Web IDL (sections 2.8 and 4.3) and ECMAScript define."""
LIKE = 0.85
"""How like the name of an error a name is that is taken for a misspelt one; others may be of another spec."""
_VALUE = re.compile(r'(\w+)\["([^"]*)"\]')


def unknown(tokens: Iterable[Token], lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """Give each name in a sentence that nothing defines, with the name that may have been meant, or ""."""
    for token in tokens:
        if token.kind not in ("idl", "string", "term"):
            continue
        if token.text.endswith("Error") and token.text not in ERRORS and token.text.lower() not in lexicon.terms:
            meant = get_close_matches(token.text, sorted(ERRORS), 1, LIKE)
            if meant:
                yield token.text, meant[0]
        named = _VALUE.fullmatch(token.text)
        kind, value = (named[1], named[2]) if named else (token.scope, token.text)
        values = lexicon.enumerations.get(kind, ()) if token.kind == "idl" else ()
        if values and value not in values:
            yield value, next(iter(get_close_matches(value, values, 1)), "")

"""An interpreter of docs/semantics.md that shares nothing with the checker but the language, to hold it against."""

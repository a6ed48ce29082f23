"""The grammar of algorithm prose: words, the forms of phrases, and the parser that matches them."""

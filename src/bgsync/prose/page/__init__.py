"""The page: a source as a tree, and what stands in it, in sentences of tokens, each with its place."""

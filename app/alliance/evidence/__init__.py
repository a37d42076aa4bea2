"""The evidence page of a binding: which code, when, which channel, by whom, and what was before."""

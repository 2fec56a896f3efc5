"""Reads, as nouns. All of them run inside `acting_as(user)` and in a constant number of statements."""

"""Writes, as verbs with keyword arguments. All of them run inside `acting_as(user)`, which the caller opens."""

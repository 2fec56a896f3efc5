"""Doing right by people: the moderation console and the rights of a person."""

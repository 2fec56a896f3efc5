"""Reads: the inbox, preferences, and why something was pushed or held back."""

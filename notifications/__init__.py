"""Telling people what happened: inbox, preferences, quiet hours and push."""

"""Serve the ASGI application: `python -m prayermap.server --port 8000 [--server daphne|uvicorn]`.

Daphne is the default and comes with a guard, because by itself it has neither back-pressure nor limits
(`daphne_guard`); uvicorn is faster. Both run the hooks of `prayermap.lib.lifecycle` and drain on SIGTERM.
"""

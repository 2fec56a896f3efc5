"""Open, close, and deliver."""

"""Shapes of requests, answers and frames: one struct validates, encodes and documents each."""

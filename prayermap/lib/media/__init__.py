"""Files that people send: what they are, and what is left of them once everything that tells on people is gone.

Knows no app and no storage: a file goes in, a clean one comes out, or `Unfit` says why not.
"""

"""`python -m tests.notifications --members 1000`: what notifications add to a send and to receipts in a large room."""

import argparse
import os
import sys

import pytest

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    os.environ["COST_MEMBERS"], os.environ["COST_ROUNDS"] = str(given.members), str(given.rounds)
    sys.exit(pytest.main(["-s", "-q", "tests/notifications/test_cost.py"]))

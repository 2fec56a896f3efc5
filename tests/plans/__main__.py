"""`python -m tests.plans --rows 1000000`: the same promise at another size, with the plans printed."""

import argparse
import os
import sys

import pytest

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    os.environ["PLAN_ROWS"] = str(parser.parse_args().rows)
    sys.exit(pytest.main(["-s", "-q", "tests/plans"]))

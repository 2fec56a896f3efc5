"""`python -m tests.plans --rows 1000000`: the same promise at another size, with the plans printed; --search, --map."""

import argparse
import os
import sys

import pytest

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--search", action="store_true", help="only search, beside a hundredth of the rows")
    parser.add_argument("--map", action="store_true", help="only the map, beside a hundredth of the rows")
    arguments = parser.parse_args()
    name = "map" if arguments.map else "search" if arguments.search else "plans"
    os.environ[{"map": "MAP_ROWS", "search": "SEARCH_ROWS", "plans": "PLAN_ROWS"}[name]] = str(arguments.rows)
    sys.exit(pytest.main(["-s", "-q", f"tests/plans/test_{name}.py"]))

"""`python -m tests.plans --rows 1000000`: the same promise at another size, with the plans printed; --search: search."""

import argparse
import os
import sys

import pytest

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--search", action="store_true", help="only search, beside a hundredth of the rows")
    arguments = parser.parse_args()
    os.environ["SEARCH_ROWS" if arguments.search else "PLAN_ROWS"] = str(arguments.rows)
    file = "test_search" if arguments.search else "test_plans"
    sys.exit(pytest.main(["-s", "-q", f"tests/plans/{file}.py"]))

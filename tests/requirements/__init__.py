"""What the vision asks for, line by line, and the test that proves each.

`lines.py` names the tests; test_table.py sees to it that they exist and that docs/requirements.md is what
`python -m tests.requirements` writes. That they pass, the suite says.
"""

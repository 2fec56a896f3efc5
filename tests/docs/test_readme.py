"""README.md: its lines run as printed, its table is the code's."""

import ast
import os
import re
import subprocess
import sys

import pytest
from django.core.management import get_commands

from accounts.services.demo import load_demo_people
from tests.docs.pages import ROOT, blocks, section

#: Django's own name for the settings module; nobody sets it to run PrayerMap.
NOT_OURS = {"DJANGO_SETTINGS_MODULE"}
CODE = [
    file
    for folder in ("prayermap", "accounts", "messaging", "notifications", "prayers", "moderation")
    for file in sorted((ROOT / folder).rglob("*.py"))
]


def variables_of_the_code() -> dict[str, object]:
    """Names of environment variables with their default, `...` where it is computed."""
    found: dict[str, object] = {}
    for file in CODE:
        for node in ast.walk(ast.parse(file.read_text())):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            reader = ast.unparse(node.func)
            if re.fullmatch(r"env(\.\w+)?|os\.environ\.get|os\.getenv", reader):
                values = [*node.args[1:], *(word.value for word in node.keywords)]
                default = values[0] if values else None
                found.setdefault(
                    str(node.args[0].value), default.value if isinstance(default, ast.Constant) else ...
                )
    return {name: default for name, default in found.items() if name not in NOT_OURS}


def table_of_the_readme() -> dict[str, str]:
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| ([^|]*) \| [^|]+ \|$", section("README.md", "## Configuration"), re.MULTILINE
    )
    assert len(rows) == len(dict(rows))
    return dict(rows)


def test_table_lists_every_variable_of_the_code_and_no_other():
    assert sorted(table_of_the_readme()) == sorted(variables_of_the_code())


def test_table_names_the_defaults_of_the_code():
    table = table_of_the_readme()
    constants = {
        name: default
        for name, default in variables_of_the_code().items()
        if isinstance(default, str | int | float | bool) and default != ""
    }
    assert len(constants) > 20
    assert {name: table[name] for name in constants} == {
        name: f"`{default}`" for name, default in constants.items()
    }


def test_commands_that_are_listed_exist():
    listed = re.findall(r"^\| `(\w+)[^`]*` \|", section("README.md", "## Commands"), re.MULTILINE)
    assert "quickstart" in listed
    assert [name for name in listed if name not in get_commands()] == []


@pytest.mark.django_db(transaction=True)
def test_curl_lines_work_as_printed(server, tmp_path):
    load_demo_people()
    conversation, socket = blocks("README.md", "bash")
    python = f'"{sys.executable}" -m websockets'
    script = conversation
    # A person would type the frame; here the line that opens the socket gets it from a pipe.
    script += re.sub(
        r"^\.venv/bin/python -m websockets",
        f'(sleep 1; echo \'{{"type": "ping"}}\'; sleep 1) | {python}',
        socket,
        flags=re.MULTILINE,
    )
    assert python in script
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    sent, members, answered, marks, history, receipts, *live = done.stdout.splitlines()
    assert '"content":"Peace to you, Amos."' in sent
    assert members == "2"
    assert '"reply_to":{"seq":1,"sender_name":"Ruth","preview":"Peace to you, Amos."}' in answered
    assert marks == '{"delivered_seq":2,"read_seq":2}'
    assert history.index("And to you!") < history.index('"seq":1,"rev"')
    assert "'read_seq': 2" in receipts
    assert any('"type":"welcome"' in line for line in live)
    assert any('"type":"pong"' in line for line in live)

"""`python -m prayermap.embedded.secret_key`: the key of a server at home, made once and kept in its data directory."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

from prayermap.embedded.directories import make_enterable
from prayermap.embedded.errors import explain_os_error

ROOT = Path(__file__).parents[2]


def secret_key(data_dir: Path) -> str:
    """The key in `data_dir/secret_key`; made with mode 0600 when it isn't there. Signed-in people depend on it."""
    make_enterable(data_dir, for_others=os.geteuid() == 0)
    file = data_dir / "secret_key"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(descriptor, "w") as opened:
        key = secrets.token_urlsafe(50)
        opened.write(key + "\n")
    return key


def main() -> int:
    """Print the key."""
    try:
        print(secret_key(Path(os.environ.get("PRAYERMAP_DATA") or ROOT / ".local")))
    except OSError as error:
        print(explain_os_error(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Print by how many megabytes each hostile file makes a process grow while it is looked at (Linux). A program."""

import io
import tempfile
from pathlib import Path

from tests.uploads.__main__ import HOSTILE, Unfit, clean


def megabytes(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) // 1024


def main() -> None:
    for file in HOSTILE:
        with tempfile.TemporaryFile() as sample:
            sample.write(file.make())
            Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
            before = megabytes("VmRSS")
            try:
                clean(sample, io.BytesIO(), io.BytesIO(), label=file.label)
            except Unfit:
                print(f"{megabytes('VmHWM') - before}\t{file.what}")


if __name__ == "__main__":
    main()

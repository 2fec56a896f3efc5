"""Words that stand wherever a file can tell on somebody. No stored file may hold one."""

from collections.abc import Iterator

WORD = "CANARY"
#: A place, as phones write it.
PLACE = "+40.7128-074.0060/CANARY"


def word(where: str) -> bytes:
    """`CANARY-exif` and so on."""
    return f"{WORD}-{where}".encode()


def found(data: bytes) -> Iterator[str]:
    """Where canaries still sit, whatever they are written in."""
    for name, written in (("utf-8", WORD.encode()), ("utf-16", WORD.encode("utf-16-le"))):
        at = data.find(written)
        while at >= 0:
            yield f"{name} at {at}: {data[at : at + 40]!r}"
            at = data.find(written, at + 1)

"""Parts of files over HTTP (RFC 9110, sections 13 and 14): one range, a strong ETag, If-Range."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import BinaryIO, NamedTuple, cast

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from prayermap.lib import errors

from .problems import as_json_response

_BLOCK = 65_536
_ONE_RANGE = re.compile(r"bytes=(?P<first>\d{0,19})-(?P<last>\d{0,19})")


class Wanted(NamedTuple):
    """`length` bytes from `start` on; `is_part`: not simply all of them."""

    start: int
    length: int
    is_part: bool


class NoSuchPartError(Exception):
    """The file ends before the range begins."""


class FileAnswer(StreamingHttpResponse):
    """Some bytes of an open file, a block at a time. Under ASGI Django would read an iterator to its end first."""

    def __init__(self, file: BinaryIO, start: int, length: int, *, status: int) -> None:
        super().__init__(_blocks(file, start, length), status=status)
        self._resource_closers.append(file.close)  # type: ignore[attr-defined]  # as FileResponse does

    async def __aiter__(self) -> AsyncIterator[bytes]:
        blocks = iter(cast("Iterator[bytes]", self.streaming_content))
        while block := await sync_to_async(_next)(blocks):
            yield block


def _next(blocks: Iterator[bytes]) -> bytes:
    return next(blocks, b"")


def answer_file(request: HttpRequest, open_file: BinaryIO, *, size: int, etag: str) -> HttpResponseBase:
    """200, 206, 304 or 416, whichever `request` asks for. Closes the file where it isn't needed.

    Raises nothing; the caller adds what else its answer says.
    """
    if _names(request.headers.get("If-None-Match", ""), etag):
        answer: HttpResponseBase = HttpResponse(status=304)
    else:
        try:
            wanted = wanted_part(request.headers, size, etag)
        except NoSuchPartError:
            open_file.close()
            answer = as_json_response(errors.Invalid("The file ends before this range."), 416)
            answer["Content-Range"] = f"bytes */{size}"
            return answer
        answer = _part(request, open_file, wanted, size)
    if not isinstance(answer, FileAnswer):
        open_file.close()
    answer["ETag"] = etag
    answer["Accept-Ranges"] = "bytes"
    return answer


def wanted_part(headers: Mapping[str, str], size: int, etag: str) -> Wanted:
    """What a request wants of `size` bytes. Several ranges, or none that we understand, are answered with all of them.

    Raises NoSuchPartError.
    """
    everything = Wanted(0, size, is_part=False)
    found = _ONE_RANGE.fullmatch(headers.get("Range", "").strip())
    if found is None or headers.get("If-Range", etag).strip() != etag:
        return everything
    first, last = found["first"], found["last"]
    if not first:  # the last so many bytes
        if not last:
            return everything
        length = min(int(last), size)
        if not length:
            raise NoSuchPartError
        return Wanted(size - length, length, is_part=True)
    if last and int(last) < int(first):
        return everything
    if int(first) >= size:
        raise NoSuchPartError
    end = min(int(last) + 1 if last else size, size)
    return Wanted(int(first), end - int(first), is_part=True)


def _part(request: HttpRequest, file: BinaryIO, wanted: Wanted, size: int) -> HttpResponseBase:
    status = 206 if wanted.is_part else 200
    answer: HttpResponseBase
    if request.method == "HEAD":
        answer = HttpResponse(status=status)
    else:
        answer = FileAnswer(file, wanted.start, wanted.length, status=status)
    answer["Content-Length"] = str(wanted.length)
    if wanted.is_part:
        answer["Content-Range"] = f"bytes {wanted.start}-{wanted.start + wanted.length - 1}/{size}"
    return answer


def _names(listed: str, etag: str) -> bool:
    """Whether If-None-Match names this very file (weak marks don't matter there)."""
    tags = [tag.strip().removeprefix("W/") for tag in listed.split(",")]
    return "*" in tags or etag in tags


def _blocks(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    file.seek(start)
    while length > 0 and (block := file.read(min(_BLOCK, length))):
        length -= len(block)
        yield block

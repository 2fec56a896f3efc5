"""Read a request body into a msgspec Struct, strictly; refuse what no text column could hold."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec
from django.conf import settings
from rest_framework.request import Request

from prayermap.lib.errors import ClientIdInvalid, Invalid, TooLarge
from prayermap.lib.times import utc_now

Shape = TypeVar("Shape", bound=msgspec.Struct)

_PATH = re.compile(r" - at `(?:key` in `)?\$(?P<path>[^`]*)`$")
_FIELD = re.compile(r"field `(?P<field>[^`]+)`")


class WithMessageId(msgspec.Struct):
    """A body whose `client_id` becomes the id of a message: what can't is `client_id_invalid`, not `invalid`."""


def read(request: Request, shape: type[Shape]) -> Shape:
    """The body of `request` as a `shape`.

    Raises TooLarge above settings.REQUEST_BYTES, Invalid with `errors` for bad JSON, wrong types, unknown or missing
    fields, NUL characters and lone surrogates, ClientIdInvalid.
    """
    return decode(_body(request), shape)


def decode(raw: bytes, shape: type[Shape]) -> Shape:
    """The same for bytes that came by another way (a socket)."""
    try:
        value = msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        errors = field_errors(str(error))
        if issubclass(shape, WithMessageId) and _is_no_uuid(errors):
            raise ClientIdInvalid(errors=errors, server_time=utc_now()) from None
        raise Invalid(errors=errors) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # or JSON nested a thousand times
        raise Invalid("The body is not valid JSON in UTF-8.") from None
    if b"\\u0000" in raw:
        refuse_nul(value)
    return value


def _is_no_uuid(errors: dict[str, list[str]]) -> bool:
    """Whether a `client_id` is a string and no UUID: it is refused as a UUID of another time or version is."""
    return all(path.endswith("client_id") and why == ["Invalid UUID"] for path, why in errors.items())


def field_errors(message: str) -> dict[str, list[str]]:
    """msgspec's first fault as `{field: [reason]}`; the field is a path such as `mentions[2]`."""
    path = ""
    if found := _PATH.search(message):
        path, message = found["path"].lstrip("."), message[: found.start()]
    if named := _FIELD.search(message):
        path = f"{path}.{named['field']}".lstrip(".")
    return {path or "non_field_errors": [message.replace("Object", "The body")]}


def refuse_nul(value: Any) -> None:
    """Raise Invalid where a string holds NUL, which PostgreSQL can't store."""

    def walk(part: Any, path: str) -> None:
        if isinstance(part, str) and "\0" in part:
            raise Invalid(errors={path or "non_field_errors": ["Must not contain NUL characters."]})
        if isinstance(part, dict):
            for key, inner in part.items():
                walk(key, path)
                walk(inner, f"{path}.{key}".lstrip("."))
        elif isinstance(part, list):
            for index, inner in enumerate(part):
                walk(inner, f"{path}[{index}]")

    # A part that is still raw is looked at when it is decoded.
    walk(msgspec.to_builtins(value, enc_hook=lambda raw: None), "")


def _body(request: Request) -> bytes:
    declared = request.META.get("CONTENT_LENGTH") or "0"
    # Of 19 digits and more: too large whatever they are, and Python refuses to read 4,300.
    is_number = declared.isascii() and declared.isdigit()
    if is_number and (len(declared) > 18 or int(declared) > settings.REQUEST_BYTES):
        raise TooLarge(f"A request may have {settings.REQUEST_BYTES} bytes.")
    content_type = request.content_type.partition(";")[0].strip()
    raw: bytes = request.body
    if len(raw) > settings.REQUEST_BYTES:
        raise TooLarge(f"A request may have {settings.REQUEST_BYTES} bytes.")
    if raw and content_type != "application/json":
        raise Invalid("The body must be application/json.")
    return raw or b"{}"

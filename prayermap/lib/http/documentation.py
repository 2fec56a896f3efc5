"""OpenAPI from the very structs that validate: `@documented(request=…, responses={200: …})`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from prayermap.lib.errors import BY_CODE

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
_REFERENCE = "#/components/schemas/{name}"
_structs: set[type[msgspec.Struct]] = set()
#: Endpoints, and what is to be said of them when somebody asks for the description: drf-spectacular takes 4 MB to listen.
_unsaid: list[tuple[Callable[..., Any], Callable[[], Callable[..., Any]]]] = []
_telling = threading.Lock()
#: What may come instead of a struct wherever one is promised: msgspec knows no unions of structs without a tag.
stand_ins: dict[type[msgspec.Struct], type[msgspec.Struct]] = {}
_SUCCESS = {200: "Done.", 201: "Created.", 204: "Done; no content."}
_ALWAYS = ("invalid", "not_authenticated", "rate_limited", "unavailable")


class Problem(msgspec.Struct, omit_defaults=True):
    """RFC 9457 problem document. `errors` names each invalid field with its reasons."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: dict[str, list[str]] = {}
    retry_after_ms: int = 0


def documented(
    *,
    summary: str,
    responses: dict[int, type[msgspec.Struct] | None],
    request: type[msgspec.Struct] | None = None,
    form: bool = False,
    problems: Sequence[str] = (),
    parameters: Sequence[OpenApiParameter] = (),
    tags: Sequence[str] = (),
    auth: bool = True,
    description: str = "",
) -> Callable[[Endpoint], Endpoint]:
    """Describe one method of a view.

    `responses` maps a status to the struct it answers with (None: no body); `problems` are error codes
    beyond those that every endpoint can answer with; `form`: the request is multipart/form-data.
    """

    def describe() -> Callable[[Endpoint], Endpoint]:
        said: Callable[[Endpoint], Endpoint] = extend_schema(
            summary=summary,
            description=description or None,
            request={"multipart/form-data" if form else "application/json": _schema(request)}
            if request
            else None,
            responses=_answers(responses, problems),
            parameters=list(parameters),
            tags=list(tags) or None,
            auth=None if auth else [],
        )
        return said

    def remember(endpoint: Endpoint) -> Endpoint:
        _unsaid.append((endpoint, describe))
        return endpoint

    return remember


def describe_all() -> None:
    """Tell drf-spectacular of every endpoint whose view has been imported."""
    with _telling:  # who asks second finds everything said
        while _unsaid:
            endpoint, describe = _unsaid.pop()
            describe()(endpoint)


def _answers(responses: dict[int, type[msgspec.Struct] | None], problems: Sequence[str]) -> dict[Any, Any]:
    answers: dict[Any, Any] = {
        status: OpenApiResponse(_schema(shape) if shape else None, _SUCCESS.get(status, ""))
        for status, shape in responses.items()
    }
    for code in (*_ALWAYS, *problems):
        status = BY_CODE[code].status
        described = (
            f"{answers[status, CONTENT].description}, `{code}`"
            if (status, CONTENT) in answers
            else f"`{code}`"
        )
        answers[status, CONTENT] = OpenApiResponse(_schema(Problem), described)
    return answers


CONTENT = "application/problem+json"


def query(name: str, description: str, type_: Any = str, **more: Any) -> OpenApiParameter:
    """One query parameter."""
    return OpenApiParameter(name, type_, OpenApiParameter.QUERY, description=description, **more)


def _schema(shape: type[msgspec.Struct]) -> dict[str, Any]:
    _structs.add(shape)
    found: tuple[dict[str, Any], ...] = msgspec.json.schema_components([shape], ref_template=_REFERENCE)[0]
    return found[0]


def add_components(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular postprocessing hook: the structs' schemas as components."""
    ordered = sorted({*_structs, *stand_ins.values()}, key=lambda struct: struct.__name__)
    components = msgspec.json.schema_components(ordered, ref_template=_REFERENCE)[1]
    for shape, instead in stand_ins.items():
        name, shown = shape.__name__, f"Shown{shape.__name__}"
        components[shown] = components[name]
        either = [{"$ref": _REFERENCE.format(name=one)} for one in (shown, instead.__name__)]
        components[name] = {"title": name, "anyOf": either}
    result.setdefault("components", {}).setdefault("schemas", {}).update(components)
    return result

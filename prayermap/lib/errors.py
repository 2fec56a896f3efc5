"""Every refusal a client can meet: one class, one `code`, one HTTP status.

The class docstring is the default `detail`. A detail never repeats what somebody wrote.
"""

from __future__ import annotations

from typing import Any, ClassVar


class ApiError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Error"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: dict[str, list[str]] | None = None,
        retry_after_ms: int | None = None,
        **extra: Any,
    ) -> None:
        self.detail = detail or (type(self).__doc__ or "").strip()
        self.errors = errors
        self.retry_after_ms = retry_after_ms
        self.extra = extra
        super().__init__(self.detail)

    def as_problem(self) -> dict[str, Any]:
        """The members of an RFC 9457 problem document."""
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.extra,
        }
        if self.errors is not None:
            problem["errors"] = self.errors
        if self.retry_after_ms is not None:
            problem["retry_after_ms"] = self.retry_after_ms
        return problem

    def as_frame_data(self) -> dict[str, Any]:
        """`data` of an `error` frame: {code, detail, retry_after_ms?, errors?}."""
        problem = self.as_problem()
        for member in ("type", "title", "status"):
            del problem[member]
        return problem


class NotAuthenticated(ApiError):
    """Sign in first."""

    code, status, title = "not_authenticated", 401, "Not signed in"


class Forbidden(ApiError):
    """You may not do this."""

    code, status, title = "forbidden", 403, "Forbidden"


class Blocked(ApiError):
    """One of you has blocked the other."""

    code, status, title = "blocked", 403, "Blocked"


class RequestPending(ApiError):
    """Wait until your message request is accepted."""

    code, status, title = "request_pending", 403, "Request pending"


class NotFound(ApiError):
    """There is nothing here for you."""

    code, status, title = "not_found", 404, "Not found"


class Conflict(ApiError):
    """This does not fit the present state."""

    code, status, title = "conflict", 409, "Conflict"


class ClientIdReused(ApiError):
    """This client_id was used for something else."""

    code, status, title = "client_id_reused", 409, "client_id reused"


class ClientIdInvalid(ApiError):
    """A message's client_id is a UUIDv7 at most 30 days old and 5 minutes ahead of server_time."""

    code, status, title = "client_id_invalid", 400, "client_id invalid"


class Invalid(ApiError):
    """The request is not valid."""

    code, status, title = "invalid", 400, "Invalid"


class TooLarge(ApiError):
    """The request is too large."""

    code, status, title = "too_large", 413, "Too large"


class AnonymityImpossible(ApiError):
    """Too few people are here for an anonymous message."""

    code, status, title = "anonymity_impossible", 422, "Anonymity impossible"


class RateLimited(ApiError):
    """Too many requests; try again later."""

    code, status, title = "rate_limited", 429, "Rate limited"


class Unavailable(ApiError):
    """The server can't do this right now; try again later."""

    code, status, title = "unavailable", 503, "Unavailable"

    def __init__(self, detail: str | None = None, *, retry_after_ms: int = 500, **extra: Any) -> None:
        """Whoever is told so is told when to come back, whichever part failed."""
        super().__init__(detail, retry_after_ms=retry_after_ms, **extra)


def invalid(**errors: str) -> Invalid:
    """`raise invalid(content="…")`: one reason for each named field."""
    return Invalid(errors={field: [reason] for field, reason in errors.items()})


BY_CODE: dict[str, type[ApiError]] = {error.code: error for error in ApiError.__subclasses__()}

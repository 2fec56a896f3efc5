"""REST for clients: sign-in, the renewal of tokens, problem details, and the wait that a 429 asks for."""

from __future__ import annotations

import asyncio
from typing import Any, Self

import httpx

API = "/api/v1"
#: Beyond this many polite retries of one call something is wrong, and the caller should hear of it.
MAX_TRIES = 20


class Problem(Exception):
    """An answer of status 400 or more (RFC 9457): `status`, `code`, `detail`, `errors` by field."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status, self.code = status, str(body.get("code", "unknown"))
        self.detail, self.errors = body.get("detail"), body.get("errors")
        super().__init__(f"{status} {self.code}: {self.detail} {self.errors or ''}")


class Rest:
    """The calls of one signed-in person. Many can share one `httpx.AsyncClient` and its connections."""

    def __init__(self, http: httpx.AsyncClient, *, access: str = "", refresh: str = "") -> None:
        self.http, self.access, self.refresh_token = http, access, refresh
        self._renewing = asyncio.Lock()

    @classmethod
    async def sign_in(cls, http: httpx.AsyncClient, email: str, password: str) -> Self:
        """Raises Problem 401 for a wrong pair."""
        tokens = await cls(http).call("POST", "/auth/token/", {"email": email, "password": password})
        return cls(http, access=tokens["access"], refresh=tokens["refresh"])

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The decoded answer, None for 204. `path` starts below /api/v1.

        Waits and tries again on 429 and 503 as told by Retry-After, and renews the access token once on
        401. Bodies that create something must carry a `client_id`, so that a repetition is harmless.
        Raises Problem, or httpx.TransportError when the server can't be reached.
        """
        renewed = False
        for _ in range(MAX_TRIES):
            token = self.access
            answer = await self.http.request(method, API + path, json=body, headers=self._headers())
            if answer.status_code in (429, 503):
                await asyncio.sleep(float(answer.headers.get("Retry-After", 1)))
            elif answer.status_code == 401 and self.refresh_token and not renewed:
                renewed = True
                await self._renew(token)
            elif answer.is_error:
                break
            else:
                return answer.json() if answer.content else None
        raise Problem(answer.status_code, _problem(answer))

    async def _renew(self, stale: str) -> None:
        """Trade the refresh token once, however many calls found the access token stale."""
        async with self._renewing:
            if self.access != stale:
                return
            answer = await self.http.post(f"{API}/auth/token/refresh/", json={"refresh": self.refresh_token})
            if answer.is_error:
                raise Problem(answer.status_code, _problem(answer))
            tokens = answer.json()
            self.access, self.refresh_token = tokens["access"], tokens["refresh"]

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"} if self.access else {}

    async def ticket(self) -> str:
        """A one-time ticket that opens one socket within 30 seconds."""
        return str((await self.call("POST", "/ws/ticket/", {}))["ticket"])


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {"detail": answer.text[:200]}
    return body if isinstance(body, dict) else {"detail": body}


def shared_http(url: str) -> httpx.AsyncClient:
    """One pool of connections for everyone who talks to the server at `url`."""
    limits = httpx.Limits(max_connections=32, max_keepalive_connections=32)
    return httpx.AsyncClient(base_url=url, limits=limits, timeout=60)

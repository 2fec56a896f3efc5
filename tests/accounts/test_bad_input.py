"""Whatever is sent, the answer is a problem document, never a 500."""

import pytest

from tests.factories import bearer, make_user

pytestmark = pytest.mark.django_db
ENDPOINTS = [
    (
        "POST",
        "auth/register/",
        {"email": "a@example.com", "password": "correct horse", "display_name": "Ruth"},
    ),
    ("POST", "auth/token/", {"email": "a@example.com", "password": "correct horse"}),
    ("POST", "auth/token/refresh/", {"refresh": "x"}),
    ("POST", "auth/logout/", {"refresh": "x"}),
    ("PATCH", "me/", {"display_name": "Ruth"}),
    ("POST", "me/blocks/", {"user": "x"}),
    ("POST", "ws/ticket/", {"device_id": "x"}),
]
endpoints = pytest.mark.parametrize(
    ("method", "path", "body"), ENDPOINTS, ids=[path for _, path, _ in ENDPOINTS]
)


@pytest.fixture
def send(api):
    headers = bearer(make_user())
    return lambda method, path, raw: api(method, path, raw=raw, headers=headers)


def is_problem(answer, status, code):
    problem = answer.json()
    return (
        answer["Content-Type"] == "application/problem+json"
        and (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
        and {"type", "title", "detail"} <= problem.keys()
    )


@endpoints
@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[]",
        b"7",
        b'"x"',
        b"null",
        b"\xff\xfe",
        b'{"a": NaN}',
        b"[" * 100_000,
        b'{"unknown": 1}',
        b"\x00",
    ],
    ids=["cut", "list", "number", "string", "null", "bytes", "nan", "deep", "unknown", "nul"],
)
def test_a_body_that_is_not_the_shape_is_400(send, method, path, body, raw):
    assert is_problem(send(method, path, raw), 400, "invalid")


@endpoints
@pytest.mark.parametrize("text", [b"a\\u0000b", b"a\\ud800b", b"\xed\xa0\x80", b"a\x00b"])
def test_nul_and_lone_surrogates_are_400(send, method, path, body, text):
    for field in body:
        values = [b'"%b": "%b"' % (name.encode(), text if name == field else b"x") for name in body]
        answer = send(method, path, b"{" + b",".join(values) + b"}")
        assert is_problem(answer, 400, "invalid"), (field, answer.content)


@endpoints
@pytest.mark.parametrize("wrong", [b"7", b"true", b"[]", b"{}", b"1e400"])
def test_wrong_types_are_400_and_name_the_field(send, method, path, body, wrong):
    for field in body:
        values = [b'"%b": %b' % (name.encode(), wrong if name == field else b'"x"') for name in body]
        answer = send(method, path, b"{" + b",".join(values) + b"}")
        assert is_problem(answer, 400, "invalid")
        assert list(answer.json().get("errors", {field: 0})) == [field]


@endpoints
def test_ten_megabytes_are_413(send, method, path, body):
    assert is_problem(send(method, path, b'{"x": "' + b"x" * 10_000_000 + b'"}'), 413, "too_large")


@endpoints
def test_a_form_is_400(client, method, path, body):
    headers = bearer(make_user())
    answer = client.generic(method, f"/api/v1/{path}", b"a=b", content_type="text/plain", headers=headers)
    assert is_problem(answer, 400, "invalid")


@endpoints
def test_a_method_that_is_not_there_is_405(send, method, path, body):
    answer = send("PUT", path, b"{}")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")


def test_an_id_that_is_none_is_404(send):
    assert is_problem(send("DELETE", "me/blocks/nonsense/", b""), 404, "not_found")

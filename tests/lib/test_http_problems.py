"""What an exception is answered with."""

import psycopg
import pytest
import redis
from django.db import OperationalError

from prayermap.lib.http.problems import as_api_error, as_json_response


@pytest.mark.parametrize(
    "exception", [OperationalError(), psycopg.OperationalError(), redis.ConnectionError()]
)
def test_whoever_is_told_unavailable_is_told_when_to_come_back(exception):
    error = as_api_error(exception)
    assert (error.code, error.as_problem()["retry_after_ms"]) == ("unavailable", 500)
    answer = as_json_response(error)
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")

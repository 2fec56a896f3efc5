"""Group commit: what waits goes together, each is answered once, and the queue is bounded."""

import asyncio
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from messaging.realtime.writer import MAX_BATCH, BatchWriter
from messaging.schemas.messages import SendMessage
from messaging.services.sending import send_request
from prayermap.lib.errors import ApiError, Unavailable
from prayermap.lib.ids import uuid7
from tests.messaging.actors import Actor
from tests.messaging.lines import line
from tests.messaging.realtime.people import make_person

pytestmark = pytest.mark.django_db(transaction=True)
NOWHERE = UUID(int=0)


class Answers:
    def __init__(self) -> None:
        self.by_job: dict[int, object] = {}

    def __call__(self, job, row) -> None:
        assert job not in self.by_job
        self.by_job[job] = row

    async def all(self, count: int) -> dict[int, object]:
        async with asyncio.timeout(10):
            while len(self.by_job) < count:  # noqa: ASYNC110 - the writer's callback is not a coroutine
                await asyncio.sleep(0.01)
        return self.by_job


class Counting(BatchWriter):
    """Notes how many requests went to PostgreSQL together."""

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self.batches: list[int] = []

    async def _call(self, batch):
        self.batches.append(len(batch))
        return await super()._call(batch)


@pytest.fixture
def author(transactional_db) -> UUID:
    return UUID(make_person("Ruth").id)


def request(author: UUID) -> dict:
    body = SendMessage("text", client_id=uuid7(), content="Peace")
    return send_request(author=author, conversation_id=NOWHERE, body=body)


@pytest.fixture
async def writer(author):
    answers = Answers()
    made: Counting = Counting("write_messages", answers)
    made.answers = answers
    yield made
    await made.stop()


async def test_what_gathered_while_the_last_commit_ran_is_one_batch(writer, author):
    writer.start()
    for job in range(MAX_BATCH + 100):
        writer.submit(request(author), job)
    rows = await writer.answers.all(MAX_BATCH + 100)
    assert writer.batches == [MAX_BATCH, 100]
    assert {row.outcome for row in rows.values()} == {"not_found"}


async def test_full_queue_refuses_with_the_time_to_wait_and_loses_nothing(writer, author, settings):
    settings.WRITER_QUEUE = 3
    for job in range(3):
        writer.submit(request(author), job)
    with pytest.raises(Unavailable) as refused:
        writer.submit(request(author), 3)
    assert refused.value.retry_after_ms == 500
    writer.start()
    await writer.answers.all(3)
    writer.submit(request(author), 3)
    assert set(await writer.answers.all(4)) == {0, 1, 2, 3}


async def test_stop_commits_what_waits_and_refuses_what_comes(writer, author):
    writer.start()
    for job in range(20):
        writer.submit(request(author), job)
    await writer.stop()
    assert len(writer.answers.by_job) == 20
    with pytest.raises(Unavailable):
        writer.submit(request(author), 20)


async def test_request_that_postgresql_refuses_fails_alone(writer, author):
    writer.start()
    wrong = {**request(author), "author": "not a uuid"}
    for job, one in enumerate([request(author), wrong, request(author)]):
        writer.submit(one, job)
    rows = await writer.answers.all(3)
    assert [isinstance(rows[job], ApiError) for job in range(3)] == [False, True, False]
    assert rows[1].code == "invalid"


async def test_lost_connection_is_answered_unavailable_and_the_next_batch_is_stored(writer, author):
    writer.start()
    writer.submit(request(author), 0)
    await writer.answers.all(1)
    await sync_to_async(_disconnect)(writer._connection.info.backend_pid)
    writer.submit(request(author), 1)
    rows = await writer.answers.all(2)
    assert rows[1].code == "unavailable"
    assert rows[1].retry_after_ms == 500
    writer.submit(request(author), 2)
    assert (await writer.answers.all(3))[2].outcome == "not_found"


LOCK = "SELECT 1 FROM conversation WHERE id = %s FOR UPDATE"


async def test_a_batch_that_meets_another_in_a_circle_is_tried_again(writer):
    """The writer holds the first of two conversations and waits for the second, somebody else the other way round."""
    ruth = await sync_to_async(lambda: Actor(make_person("Ruth").user))()
    rooms = sorted([await sync_to_async(ruth.group)(), await sync_to_async(ruth.group)()])
    with line("owner") as rival:
        rival.autocommit = False
        await asyncio.to_thread(rival.execute, LOCK, [rooms[1]])
        for job, room in enumerate(rooms):
            body = SendMessage("text", client_id=uuid7(), content="Peace")
            writer.submit(send_request(author=ruth.user.pk, conversation_id=UUID(room), body=body), job)
        writer.start()
        await asyncio.sleep(0.4)
        await asyncio.to_thread(rival.execute, LOCK, [rooms[0]])  # had once the writer's batch is undone
        assert writer.answers.by_job == {}
        await asyncio.to_thread(rival.rollback)
    rows = await writer.answers.all(2)
    assert [(row.outcome, row.seq) for _, row in sorted(rows.items())] == [("ok", 1), ("ok", 1)]


async def test_answer_that_fails_does_not_end_the_writer(author):
    told = []

    def fail_once(job, row) -> None:
        told.append(job)
        if len(told) == 1:
            raise RuntimeError("a bug of ours")

    writer: BatchWriter[int] = BatchWriter("write_messages", fail_once)
    writer.start()
    for job in range(2):
        writer.submit(request(author), job)
        await asyncio.sleep(0.3)
    await writer.stop()
    assert told == [0, 1]


async def test_request_that_cannot_be_encoded_does_not_end_the_writer(writer, author):
    writer.start()
    writer.submit({**request(author), "reply_to": 2**70}, 0)
    await writer.answers.all(1)
    writer.submit(request(author), 1)
    assert (await writer.answers.all(2))[1].outcome == "not_found"


def _disconnect(pid: int) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND usename = 'prayermap_app'",
            [pid],
        )


async def test_batches_that_gather_begin_apart_and_the_first_one_at_once(author):
    """Two that come together behind the first wait for their time as one batch."""
    answers = Answers()
    gathering = Counting("write_messages", answers, every_s=1.0)
    gathering.start()
    clock = asyncio.get_running_loop().time
    gathering.submit(request(author), 0)
    await answers.all(1)
    first = clock()
    gathering.submit(request(author), 1)
    await asyncio.sleep(0.2)
    gathering.submit(request(author), 2)
    assert gathering.batches == [1]
    await answers.all(3)
    assert gathering.batches == [1, 2]
    assert clock() - first > 0.4  # less what connecting and the first commit took
    await gathering.stop()

"""Uploads, and messages that carry them."""

from uuid import uuid4

import pytest
from PIL import Image

from messaging.services import media_files
from tests.messaging.actors import new_id
from tests.messaging.attaching import (
    PNG,
    bare,
    content_of,
    fetch,
    send_file,
    stored_names,
    try_upload,
    upload,
)
from tests.messaging.lines import owner
from tests.uploads import films, pictures, sounds
from tests.uploads.canary import found

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(ruth, amos):
    return ruth.direct(amos)


def test_an_upload_is_201_and_says_what_the_file_is(ruth):
    answer = try_upload(ruth, pictures.jpeg(), label="image/jpeg", name="../../me.php")
    body = answer.body
    assert (answer.status, answer.headers["Cache-Control"]) == (201, "private, no-store")
    path = f"/api/v1/attachments/{body['id']}/"
    key = body["url"].partition("?key=")[2]
    stored = content_of(fetch(body["url"]))
    assert body == {
        "id": body["id"],
        "content_type": "image/jpeg",
        "size": len(stored),
        "width": 64,
        "height": 48,
        "duration_ms": None,
        "url": f"{path}file/?key={key}",
        "thumbnail_url": f"{path}thumbnail/?key={key}",
    }
    assert ruth.get(f"attachments/{body['id']}/").body == body
    assert content_of(fetch(body["thumbnail_url"]))[8:12] == b"WEBP"


@pytest.mark.parametrize(
    ("make", "type_", "content_type", "ms"),
    [
        (pictures.png, "image", "image/png", None),
        (pictures.webp, "image", "image/webp", None),
        (lambda: pictures.animation("GIF"), "image", "image/gif", None),
        (sounds.mp3, "audio", "audio/mpeg", 2_612),
        (sounds.adts, "audio", "audio/aac", 2_321),
        (sounds.wave, "audio", "audio/wav", 1_000),
        (sounds.flac, "audio", "audio/flac", 1_000),
        (sounds.opus, "audio", "audio/ogg", 1_000),
        (sounds.vorbis, "audio", "audio/ogg", 1_000),
        (lambda: films.movie(brand=b"M4A ", picture=False), "audio", "audio/mp4", 3_000),
        (lambda: films.webm(picture=False, is_open=True), "audio", "audio/webm", 3_000),
        (films.webm, "video", "video/webm", 3_000),
        (films.movie, "video", "video/mp4", 3_000),
        (films.fragmented, "video", "video/mp4", 3_000),
        (lambda: films.movie(brand=b"qt  "), "video", "video/quicktime", 3_000),
    ],
)
def test_every_kind_is_stored_clean_and_carried_by_its_type_of_message(
    ruth, amos, room, make, type_, content_type, ms
):
    made = upload(ruth, make())
    assert (made["content_type"], made["duration_ms"]) == (content_type, ms)
    other = "image" if type_ != "image" else "audio"
    refused = ruth.post(f"conversations/{room}/messages/", {"type": other, "attachment": made["id"]})
    assert (refused.refusal, refused.fields) == ((400, "invalid"), ["attachment"])
    sent = send_file(ruth, room, made["id"], type=type_, content="look")
    assert (sent["attachment"], sent["content"]) == (made, "look")
    seen = amos.get(f"conversations/{room}/messages/1/").body["attachment"]
    assert seen | {"url": "", "thumbnail_url": None} == made | {"url": "", "thumbnail_url": None}
    answer = fetch(seen["url"])
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)
    assert list(found(content_of(answer))) == []
    for name in stored_names():
        with media_files.default_storage.open(name) as file:
            assert list(found(file.read())) == []
            assert made["id"] not in name


def test_the_caption_is_the_preview(ruth, amos, room):
    send_file(ruth, room, upload(ruth)["id"])
    latest = amos.see(room)["latest_message"]
    assert (latest["preview"], latest["type"], amos.see(room)["unread_count"]) == ("", "image", 1)
    send_file(ruth, room, upload(ruth)["id"], content="Our garden", reply_to=1)
    assert amos.see(room)["latest_message"]["preview"] == "Our garden"
    quote = amos.get(f"conversations/{room}/messages/2/").body["reply_to"]
    assert quote == {"seq": 1, "sender_name": "Ruth", "preview": ""}


@pytest.mark.parametrize(
    ("data", "label", "status", "reason"),
    [
        (b"", "image/png", 400, "The file is empty."),
        (b"<svg/>", "image/png", 400, "Not one of the kinds"),
        (PNG, "video/mp4", 400, "Mislabelled: it is said to be video, and is image."),
        (PNG[:-30], "image/png", 400, "The picture can't be read."),
        (pictures.png_header(40_000, 40_000), "image/png", 413, "A picture may have"),
    ],
)
def test_refusals_say_why_and_leave_nothing(ruth, data, label, status, reason):
    before = stored_names()
    answer = try_upload(ruth, data, label=label)
    assert (answer.status, answer.body["errors"]["file"][0][: len(reason)]) == (status, reason)
    assert answer.code == ("invalid" if status == 400 else "too_large")
    assert stored_names() == before
    assert owner("SELECT 1 FROM media_blob") == []


@pytest.mark.parametrize(
    ("kind", "data"),
    [("IMAGE_BYTES", PNG), ("AUDIO_BYTES", sounds.mp3()), ("VIDEO_BYTES", films.movie())],
)
def test_each_kind_has_a_size_of_its_own(ruth, settings, kind, data):
    settings.IMAGE_BYTES = settings.AUDIO_BYTES = settings.VIDEO_BYTES = len(data)
    assert try_upload(ruth, data).status == 201
    setattr(settings, kind, len(data) - 1)
    assert try_upload(ruth, data).refusal == (413, "too_large")


@pytest.mark.parametrize(
    ("content_type", "body", "status", "field"),
    [
        ("application/json", b"{}", 415, None),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 400, "file"),
        ("multipart/form-data", b"", 400, None),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--\r\n',
            400,
            "file",
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\ntext\r\n--x--\r\n',
            400,
            "other",
        ),
    ],
)
def test_broken_forms_are_refused(ruth, content_type, body, status, field):
    answer = ruth.call("POST", "attachments/", raw=body, content_type=content_type)
    assert answer.refusal == (status, "invalid")
    assert field is None or answer.fields == [field]


def test_one_file_at_a_time(ruth):
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + PNG + b"\r\n"
    answer = ruth.call(
        "POST", "attachments/", raw=part * 2 + b"--x--\r\n", content_type="multipart/form-data; boundary=x"
    )
    assert (answer.refusal, answer.fields) == ((400, "invalid"), ["file"])
    assert try_upload(ruth, client_id="nonsense").fields == ["client_id"]


@committed
def test_the_same_client_id_finds_the_same_upload(ruth, amos):
    client_id = str(uuid4())
    first = try_upload(ruth, client_id=client_id)
    again = try_upload(ruth, client_id=client_id)
    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body | {"duplicate": True}
    assert len(stored_names()) == 2
    assert try_upload(ruth, pictures.jpeg(), client_id=client_id).refusal == (409, "client_id_reused")
    assert try_upload(amos, client_id=client_id).status == 201


def test_uploads_are_counted_by_the_hour(ruth, settings):
    settings.LIMITS = settings.LIMITS | {"uploads": "2/hour"}
    assert [try_upload(ruth).status for _ in range(3)] == [201, 201, 429]


@committed
def test_files_of_one_person_have_a_size_together(ruth, amos, settings):
    sizes = [upload(ruth)["size"] for _ in range(2)]
    before = stored_names()
    settings.MEDIA_BYTES_PER_PERSON = sum(sizes) + len(PNG) - 1
    refused = try_upload(ruth)
    assert (refused.refusal, refused.body["errors"]["file"][0][:10]) == ((413, "too_large"), "Your files")
    assert stored_names() == before
    assert try_upload(amos).status == 201
    settings.MEDIA_BYTES_PER_PERSON = sum(sizes) + max(len(PNG), *sizes)
    assert try_upload(ruth).status == 201


@committed
def test_room_is_judged_again_when_the_file_is_clean(ruth, settings):
    """The upload is small, what is stored of it larger."""
    small = pictures.saved(Image.effect_noise((300, 300), 90), "JPEG", quality=5)
    settings.MEDIA_BYTES_PER_PERSON = len(small)
    refused = try_upload(ruth, small)
    assert (refused.refusal, refused.body["errors"]["file"][0][:10]) == ((413, "too_large"), "Your files")
    assert stored_names() == []


@committed
def test_a_file_that_is_sent_again_has_an_id_of_its_own(ruth, amos, room):
    made = upload(ruth)
    client_id = new_id()
    first = send_file(ruth, room, made["id"], client_id=client_id)
    second = send_file(ruth, room, made["id"])
    third = send_file(ruth, room, second["attachment"]["id"])
    ids = {message["attachment"]["id"] for message in (first, second, third)}
    assert first["attachment"]["id"] == made["id"]
    assert len(ids) == 3
    seen = amos.get(f"conversations/{room}/messages/").body["results"]
    assert {message["attachment"]["id"] for message in seen} == ids
    assert len({bare(message["attachment"]["url"]) for message in seen}) == 3
    assert {content_of(fetch(message["attachment"]["url"])) for message in seen} == {
        content_of(fetch(made["url"]))
    }
    assert len(stored_names()) == 2
    again = send_file(ruth, room, made["id"], client_id=client_id)
    assert (again["duplicate"], again["attachment"]["id"]) == (True, made["id"])


@committed
def test_nobody_sends_a_file_of_somebody_else(ruth, amos, room):
    made = upload(ruth)
    for attachment in (made["id"], str(uuid4())):
        body = {"type": "image", "attachment": attachment}
        refused = amos.post(f"conversations/{room}/messages/", body)
        assert (refused.refusal, refused.fields) == ((400, "invalid"), ["attachment"])
    send_file(ruth, room, made["id"])
    refused = amos.post(f"conversations/{room}/messages/", {"type": "image", "attachment": made["id"]})
    assert refused.refusal == (400, "invalid")


@committed
def test_an_anonymous_picture_tells_nobody_whose_it_is(ruth, amos, lydia):
    group = ruth.group(amos, lydia)
    made = upload(ruth, pictures.jpeg())
    sent = send_file(ruth, group, made["id"], is_anonymous=True)
    assert (sent["sender"], sent["is_mine"]) == (None, True)
    seen = amos.get(f"conversations/{group}/messages/1/").body
    assert (seen["sender"], seen["sender_name"], seen["is_mine"]) == (None, "Someone", False)
    answer = fetch(seen["attachment"]["url"])
    assert answer.status_code == 200
    said = repr(answer.headers) + repr(seen)
    assert ruth.id not in said
    assert ruth.member_id(group) not in said
    assert "Last-Modified" not in answer.headers


@committed
def test_links_are_the_viewer_s_own_and_opaque(ruth, amos, room):
    sent = send_file(ruth, room, upload(ruth)["id"])
    url = amos.get(f"conversations/{room}/messages/1/").body["attachment"]["url"]
    assert url != sent["attachment"]["url"]
    assert amos.id not in url
    assert amos.get(f"conversations/{room}/messages/1/").body["attachment"]["url"] == url

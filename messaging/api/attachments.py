"""Files over REST: upload, look up, hand out."""

from __future__ import annotations

import time
from typing import Any, ClassVar, cast
from uuid import UUID

import msgspec
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.queries import is_signed_in
from messaging.queries.attachments import FILE, THUMBNAIL, attachment, attachment_row
from messaging.schemas import messages as shapes
from messaging.services.attachments import UploadRequest, check_room, earlier_upload, record_upload
from messaging.services.media_files import bucket_link, discard, file_digest, store_clean
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import NotAuthenticated, NotFound, invalid
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.ranges import answer_file
from prayermap.lib.http.views import ApiView, person_id
from prayermap.lib.links import person_of
from prayermap.lib.media.facts import THUMBNAIL_TYPE
from prayermap.lib.rate import hit

TAGS = ("attachments",)
#: Whatever slipped through can do nothing where a browser shows it by itself.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; sandbox"
_KEY = query(
    "key", "From `url` or `thumbnail_url`: opens the file without a header, for the person it was made for."
)


class AttachmentList(ApiView):
    parser_classes = (MultiPartParser,)

    @documented(
        summary="Upload a picture, sound or film",
        description="Metadata is removed, pictures are painted anew. Send it within a day, or it is forgotten.",
        request=shapes.Upload,
        form=True,
        responses={200: shapes.UploadedAttachment, 201: shapes.UploadedAttachment},
        problems=("too_large", "conflict", "client_id_reused"),
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        person = person_id(request)
        hit("uploads", str(person))
        file, asked = _form(request)
        with acting_as(person):
            if earlier := earlier_upload(request=asked):
                return Response(_uploaded(earlier, duplicate=True))
            check_room(file.size or 0)
        stored = store_clean(file, label=asked.label)
        created = False
        try:
            with acting_as(person):
                answer, created = record_upload(request=asked, stored=stored)
        finally:
            if not created:
                discard(stored)
        return Response(_uploaded(answer, duplicate=not created), status=201 if created else 200)


class AttachmentDetail(ApiView):
    @documented(
        summary="A file's properties, with fresh links",
        responses={200: shapes.Attachment},
        problems=("not_found",),
        tags=TAGS,
    )
    def get(self, request: Request, attachment_id: UUID) -> Response:
        with acting_as(person_id(request)):
            return Response(attachment(attachment_id))


class AttachmentFile(ApiView):
    """The file itself. A sign-in decides who asks; without one, the link does."""

    permission_classes = (AllowAny,)
    part: ClassVar[str] = FILE

    @documented(
        summary="The file itself",
        description="Takes `Range`, `If-Range` and `If-None-Match`. Whether one may have it is judged anew each time.",
        responses={200: None},
        parameters=(_KEY,),
        problems=("not_found",),
        tags=TAGS,
    )
    def get(self, request: Request, attachment_id: UUID) -> HttpResponseBase:
        with acting_as(_who(request, attachment_id)):
            row = attachment_row(attachment_id)
        name, content_type = self._stored(row)
        shown = f'inline; filename="{_shown_name(attachment_id, content_type)}"'
        if settings.MEDIA_BUCKET:
            return HttpResponseRedirect(bucket_link(name, content_type, shown))
        file = _opened(name)
        etag = f'"{attachment_id.hex}-{self.part}"'
        answer = answer_file(request._request, file, size=file.size, etag=etag)  # noqa: SLF001 - DRF offers no other way
        if answer.status_code in (200, 206, 304):
            answer["Content-Type"] = content_type
            answer["Content-Disposition"] = shown
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Security-Policy"] = SANDBOX
        return answer

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """A browser may keep the file, and must ask each time whether it may still show it."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        if answer.status_code in (200, 206, 304):
            answer["Cache-Control"] = "private, no-cache, no-transform"
        return answer

    def _stored(self, row: Any) -> tuple[str, str]:
        """(name in the storage, type)."""
        return row.storage_name, row.content_type


class AttachmentThumbnail(AttachmentFile):
    """A small picture of the picture."""

    part = THUMBNAIL

    def _stored(self, row: Any) -> tuple[str, str]:
        if not row.thumbnail_name:
            raise NotFound
        return row.thumbnail_name, THUMBNAIL_TYPE


def _form(request: Request) -> tuple[Any, UploadRequest]:
    """The one file and what is asked with it. Raises Invalid."""
    fields = cast("dict[str, Any]", request.data)
    unknown = sorted(fields.keys() - {"file", "client_id"})
    if unknown:
        raise invalid(**dict.fromkeys(unknown[:1], "Not a field of this form."))
    files = request.FILES.getlist("file")
    if len(files) != 1:
        raise invalid(file="This field is required: one file.")
    (file,) = files
    client_id = fields.get("client_id") or None
    try:
        wanted = UUID(str(client_id)) if client_id else None
    except ValueError:
        raise invalid(client_id="Must be a UUID.") from None
    asked = UploadRequest(digest=file_digest(file), label=file.content_type or "", client_id=wanted)
    return file, asked


def _uploaded(found: shapes.Attachment, *, duplicate: bool) -> shapes.UploadedAttachment:
    return shapes.UploadedAttachment(**msgspec.structs.asdict(found), duplicate=duplicate or msgspec.UNSET)


def _who(request: Request, attachment_id: UUID) -> UUID:
    """Who signed the request, else whose link it is. Raises NotAuthenticated where it is nobody's."""
    if request.user.is_authenticated:
        return person_id(request)
    person = person_of(request.query_params.get("key", ""), attachment_id, now=time.time())
    if person is None or not is_signed_in(person):
        raise NotAuthenticated("Sign the request, or open a fresh link.")
    return person


def _opened(name: str) -> Any:
    """The stored file. Raises NotFound where a message went, with its file, since it was looked up."""
    try:
        return default_storage.open(name)
    except FileNotFoundError:
        raise NotFound from None


def _shown_name(attachment_id: UUID, content_type: str) -> str:
    """Ours: what it was called on somebody's device is never known here."""
    return f"prayermap-{str(attachment_id)[-12:]}.{content_type.rpartition('/')[2]}"

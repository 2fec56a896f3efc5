"""A file comes in, a clean one goes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from django.conf import settings

from .facts import Facts, KindName
from .flac import clean_flac
from .frames import clean_adts, clean_mp3
from .matroska import clean_webm
from .mp4 import clean_mp4
from .ogg import clean_ogg
from .parts import Parts, Source
from .sniffing import Form, sniff
from .unfit import Oversized, Unfit, Unreadable
from .wave import clean_wave

TAKEN = "JPEG, PNG, WebP, GIF; MP3, M4A, AAC, Ogg with Opus or Vorbis, WAV, FLAC, WebM with sound; MP4, WebM, QuickTime"
#: Sound and film: what of the file is kept, and what it is. Pictures are painted anew instead.
_CLEANERS: dict[Form, Callable[[Source], tuple[Parts, Facts]]] = {
    "WAVE": clean_wave,
    "FLAC": clean_flac,
    "MP3": clean_mp3,
    "ADTS": clean_adts,
    "OGG": clean_ogg,
    "WEBM": clean_webm,
    "MP4": clean_mp4,
}
#: A duration of more is none (24 days).
_MOST_MS = 2**31 - 1


def clean(file: BinaryIO, target: BinaryIO, thumbnail: BinaryIO, *, label: str = "") -> Facts:
    """Write what people are to see and hear of `file` into `target`; of a picture a small one into `thumbnail`.

    `label` is the type that the sender gives it. Raises Unfit with the reason: Oversized, Unreadable, or a kind of
    file that is not taken.
    """
    source = Source(file)
    if not source.size:
        raise Unreadable("The file is empty.")
    form = sniff(source)
    if form is None:
        raise Unfit(f"Not one of the kinds of files that are taken: {TAKEN}.")
    cleaner = _CLEANERS.get(form)
    if cleaner is None:
        check_size(source.size, "image")
        check_label(label, "image")
        from . import images  # Pillow and its libraries: 3 MB, only in processes that are sent pictures

        return images.clean_image(file, target, thumbnail, form=form)
    check_size(source.size, "video" if form in ("WEBM", "MP4") else "audio")
    parts, facts = cleaner(source)
    check_size(source.size, facts.kind)
    check_label(label, facts.kind)
    if not 0 < (facts.duration_ms or 0) <= _MOST_MS:
        raise Unreadable("The file doesn't say how long it is.")
    parts.write(source, target)
    return facts


def check_size(size: int, kind: KindName) -> None:
    """Raise Oversized where a file of this kind may not have so many bytes."""
    most = {
        "image": settings.IMAGE_BYTES,
        "audio": settings.AUDIO_BYTES,
        "video": settings.VIDEO_BYTES,
    }[kind]
    if size > most:
        raise Oversized(f"A file of kind {kind} may have {most:,} bytes.")


def check_label(label: str, kind: KindName) -> None:
    """Raise Unfit where the sender calls a picture sound or film, or the other way round.

    Within pictures, and within sound and film, labels are often innocently wrong: the content decides.
    """
    named = label.partition("/")[0].strip().lower()
    if named in ("image", "audio", "video") and (named == "image") != (kind == "image"):
        raise Unfit(f"Mislabelled: it is said to be {named}, and is {kind}.")

"""What is told about a file."""

from __future__ import annotations

from typing import Literal, NamedTuple

KindName = Literal["image", "audio", "video"]
#: Of the small picture that goes with every picture.
THUMBNAIL_TYPE = "image/webp"


class Facts(NamedTuple):
    """Kind, type by content, size of the picture in pixels (as it is shown), length of sound or film."""

    kind: KindName
    content_type: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None

"""Uploads: judged by what is in them, never by their name."""

from __future__ import annotations

import hashlib
import io
import warnings

from django.conf import settings
from PIL import Image as Picture

from accounts.models import User
from runbooks.errors import ImageRefused
from runbooks.models import Image

MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
MAX_PIXELS = 50_000_000


def store_image(content: bytes, *, user: User | None) -> Image:
    """Keep a PNG, JPEG, GIF or WebP picture; the same bytes again give the same row. Raises ImageRefused with the reason."""
    if len(content) > settings.MAX_IMAGE_BYTES:
        raise ImageRefused(f"The image is too large: {settings.MAX_IMAGE_BYTES:,} bytes is the most.")
    sha256 = hashlib.sha256(content).hexdigest()
    known = Image.objects.defer("content").filter(sha256=sha256).first()
    if known is not None:
        return known
    media_type, (width, height) = _look_at(content)
    image, _ = Image.objects.get_or_create(
        sha256=sha256,
        defaults={
            "media_type": media_type,
            "content": content,
            "width": width,
            "height": height,
            "uploaded_by": user,
        },
    )
    return image


def _look_at(content: bytes) -> tuple[str, tuple[int, int]]:
    """Media type and size in pixels, after decoding the whole picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Picture.DecompressionBombWarning)
            with Picture.open(io.BytesIO(content), formats=tuple(MEDIA_TYPES)) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise ImageRefused("The image has too many pixels.")
                picture.load()
                return MEDIA_TYPES[str(picture.format)], picture.size
    except ImageRefused:
        raise
    except Exception:  # Pillow's decoders raise nearly anything on hostile bytes
        raise ImageRefused(
            "This is no PNG, JPEG, GIF or WebP image. (SVG is not taken: it can carry scripts.)"
        ) from None

"""The darkroom: Pillow reads a photograph once, and its pixels alone are written anew.

Only JPEG, PNG and WebP are opened at all. The number of pixels is known before any of them is unpacked. A file that
goes on behind its picture, as one does that is also a page or an archive, is refused; nothing of it would survive,
but whoever made it had something in mind.
"""

import io
import warnings
import zlib

from PIL import Image, ImageOps

from campaign.domain.cases.picturing import (
    MOST_PIXELS,
    Developed,
    NoPicture,
    PictureHidesMore,
    PictureMoves,
    PictureTooLarge,
)

LARGE, SMALL = 1600, 480  # pixels of the longer side
_ORIENTATION = 0x0112
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, OverflowError, zlib.error)
_TOO_MANY = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class Pillow:
    """Meets `domain.picturing.Darkroom`."""

    def develop(self, upload: bytes) -> Developed:
        picture = opened(upload)
        large = ImageOps.contain(picture, (LARGE, LARGE)) if max(picture.size) > LARGE else picture
        small = ImageOps.contain(large, (SMALL, SMALL)) if max(large.size) > SMALL else large
        files = {}
        for size, image in (("large", large), ("small", small)):
            files[f"{size}.webp"] = _written(image, "WEBP", quality=80)
            files[f"{size}.jpg"] = _written(image, "JPEG", quality=85, optimize=True, progressive=True)
        return Developed(files, large.width, large.height)


def opened(upload: bytes) -> Image.Image:
    """The pixels, upright and on white, without anything that came with them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(upload), formats=["JPEG", "PNG", "WEBP"])
            if image.width * image.height > MOST_PIXELS:
                raise PictureTooLarge
            _refuse_what_follows(upload, image.format or "")
            if image.format in {"PNG", "WEBP"} and getattr(image, "is_animated", False):
                raise PictureMoves
            image.draft("RGB", (LARGE, LARGE))
            image.load()
            turned = image.getexif().get(_ORIENTATION)
            small = _within_reach(image)
            small.getexif()[_ORIENTATION] = turned or 1
            return _plain(ImageOps.exif_transpose(small))
    except _TOO_MANY as fault:
        raise PictureTooLarge from fault
    except _BROKEN as fault:
        raise NoPicture from fault


def _within_reach(image: Image.Image) -> Image.Image:
    """The same picture no larger than it has to be: each further step copies it, and forty megapixels are many."""
    if image.mode.startswith("I"):  # sixteen bits of grey, of which eight are seen
        image = image.convert("I").convert("F").point(lambda grey: grey * (1 / 256) + 0).convert("L")
    if image.mode in {"P", "PA", "1"}:
        image = image.convert("RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB")
    factor = max(image.size) // (2 * LARGE)
    return image.reduce(factor) if factor > 1 else image


def _refuse_what_follows(upload: bytes, format: str) -> None:
    """A file that stops before its picture does is broken; one that goes on behind it hides something."""
    if format == "WEBP":
        said = int.from_bytes(upload[4:8], "little") + 8
        ends, breaks = len(upload) in {said, said + said % 2}, len(upload) < said
    else:
        end = b"\xff\xd9" if format in {"JPEG", "MPO"} else b"IEND\xaeB`\x82"
        ends, breaks = upload.endswith(end), end not in upload
    if breaks:
        raise NoPicture
    if not ends:
        raise PictureHidesMore


def _plain(image: Image.Image) -> Image.Image:
    plain = Image.new("RGB", image.size, "white")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        clear = image.convert("RGBA")
        plain.paste(clear, mask=clear.getchannel("A"))
    else:
        plain.paste(image.convert("RGB"))
    return plain


def _written(image: Image.Image, format: str, **how: int | bool) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **how)
    return out.getvalue()

"""What comes out of the darkroom is pixels; what is no photograph does not get in."""

import io
import struct
import subprocess
import sys
import zlib

import pytest
from PIL import Image

from campaign.domain.cases.picturing import ENDS, NoPicture, PictureHidesMore, PictureTooLarge
from campaign.gateways.darkroom import LARGE, SMALL, Pillow
from tests.house.rooms import ROOT

GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112


def photo(format="JPEG", size=(2000, 1500), **how):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, format, **how)
    return out.getvalue()


def with_place(format="JPEG", size=(2000, 1500)):
    exif = Image.Exif()
    exif[MAKE] = "SECRETDEVICE"
    exif[ORIENTATION] = 6  # held upright
    exif.get_ifd(GPS).update({1: "N", 2: (38.0, 33.0, 35.0), 3: "E", 4: (68.0, 47.0, 12.0)})
    return photo(format, size, exif=exif)


@pytest.mark.feature(115)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_place_time_and_device_go_in_and_do_not_come_out(format):
    upload = with_place(format)
    came = Image.open(io.BytesIO(upload)).getexif()
    assert came[MAKE] == "SECRETDEVICE"
    assert came.get_ifd(GPS)[1] == "N"
    made = Pillow().develop(upload)
    assert set(made.files) == set(ENDS)
    for content in made.files.values():
        image = Image.open(io.BytesIO(content))
        assert dict(image.getexif()) == {}
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)
        assert b"SECRETDEVICE" not in content
        assert b"Exif" not in content


def test_a_photograph_stands_upright_in_two_sizes():
    made = Pillow().develop(with_place())
    assert (made.width, made.height) == (1200, LARGE)
    small = Image.open(io.BytesIO(made.files["small.webp"]))
    assert (small.format, small.size) == ("WEBP", (360, SMALL))
    assert Image.open(io.BytesIO(made.files["large.jpg"])).format == "JPEG"


def test_a_small_photograph_is_not_blown_up():
    assert Pillow().develop(photo(size=(100, 80))).width == 100


def test_forty_megapixels_are_taken_and_more_are_not():
    assert Pillow().develop(photo(size=(8000, 5000))).width == LARGE
    with pytest.raises(PictureTooLarge):
        Pillow().develop(photo(size=(8001, 5000)))


def bomb(width, height):
    """A PNG of black lines: a megabyte at most as a file, more than a gigabyte as an image."""
    squeezer, line = zlib.compressobj(9), bytes(1 + 3 * width)
    rows = b"".join(squeezer.compress(line) for _ in range(height)) + squeezer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    chunks = (struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def test_a_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(PictureTooLarge):
        Pillow().develop(bomb(20_000, 20_000))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("upload", [b"", b"GIF89a", SVG, b"%PDF-1.7", photo()[:5000], photo("PNG")[:300], photo("BMP")])
def test_what_is_no_photograph_or_broken_is_refused(upload):
    with pytest.raises((NoPicture, PictureHidesMore)):
        Pillow().develop(upload)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("behind", [b"PK\x03\x04 an archive", SVG, b"<?php system($_GET[0]);"])
def test_a_file_that_is_also_something_else_is_refused(format, behind):
    with pytest.raises(PictureHidesMore):
        Pillow().develop(photo(format) + behind)


def test_grey_of_sixteen_bits_print_colours_and_a_long_exif_come_out_as_they_are_seen():
    grey = Image.new("I;16", (60, 40))
    grey.frombytes((30_000).to_bytes(2, "little") * 2400)
    out = io.BytesIO()
    grey.save(out, "PNG")
    exif = Image.Exif()
    exif[0x010E] = "x" * 60_000
    colours = io.BytesIO()
    Image.new("CMYK", (60, 40), (0, 255, 255, 0)).save(colours, "JPEG", exif=exif)
    for upload, seen in ((out.getvalue(), (117, 117, 117)), (colours.getvalue(), (254, 0, 0))):
        made = Image.open(io.BytesIO(Pillow().develop(upload).files["small.jpg"]))
        assert all(abs(a - b) < 4 for a, b in zip(made.getpixel((5, 5)), seen, strict=True))


def test_forty_megapixels_with_transparency_take_no_more_room_than_half_a_gigabyte(tmp_path):
    """In a process of its own, as the highest mark of a process never falls."""
    upload = tmp_path / "large.png"
    Image.new("RGBA", (8000, 5000), (0, 128, 128, 90)).save(upload, compress_level=1)
    script = (
        "import resource, sys; from campaign.gateways.darkroom import Pillow; "
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; "
        "Pillow().develop(open(sys.argv[1], 'rb').read()); "
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)"
    )
    ran = subprocess.run([sys.executable, "-c", script, upload], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) < 500


def test_what_hides_inside_a_comment_does_not_come_out():
    made = Pillow().develop(photo(comment=SVG))
    assert all(b"<script>" not in content for content in made.files.values())

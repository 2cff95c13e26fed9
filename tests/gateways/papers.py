"""Documents that somebody might send: good ones, and ones that act or hide something."""

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

TELLS = (b"SECRETDEVICE", b"SECRETREMARK", b"SECRETAUTHOR", b"SECRETTITLE")


def pdf(change=None, **saving) -> bytes:
    """One page with a photograph, a link and a comment, and with everything that such files say of their makers."""
    made = pikepdf.new()
    made.add_blank_page()
    page = made.pages[0]
    exif = Image.Exif()
    exif[0x010F] = "SECRETDEVICE"
    photo = io.BytesIO()
    Image.new("RGB", (50, 40), "red").save(photo, "JPEG", exif=exif, comment=b"SECRETREMARK")
    image = Stream(made, b"", Type=Name.XObject, Subtype=Name.Image, Width=50, Height=40, ColorSpace=Name.DeviceRGB)
    image.BitsPerComponent = 8
    image.write(photo.getvalue(), filter=Name.DCTDecode)
    page.Resources = Dictionary(XObject=Dictionary(Photo=made.make_indirect(image)))
    page.Contents = Stream(made, b"q 50 0 0 40 100 100 cm /Photo Do Q")
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9])
    link.A = Dictionary(S=Name.URI, URI=String("https://news.example/"))
    remark = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], T=String("SECRETAUTHOR"))
    page.obj.Annots = Array([link, remark])
    made.docinfo["/Author"] = "SECRETAUTHOR"
    with made.open_metadata() as told:
        told["dc:title"] = "SECRETTITLE"
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out, compress_streams=False, **saving)
    return out.getvalue()


def with_a_script(made):
    made.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def that_starts_a_program(made):
    made.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.Launch, F=String("cmd.exe")))


def with_a_file_inside(made):
    made.attachments["invoice.exe"] = b"MZ"

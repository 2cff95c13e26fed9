"""Reading printed pages back as text, by the tables that the PDF itself carries. For tests alone."""

import io
import re

import pikepdf


def pages(pdf: bytes) -> list[str]:
    """The text of each page, in the order in which it was set, without the spaces that were set as moves."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [_text(page) for page in document.pages]


def places(pdf: bytes) -> list[tuple[float, float]]:
    """Where on its only page something is set. Points, from the left and from below."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (page,) = document.pages
        moves = [[float(n) for n in move.operands[4:]] for move in pikepdf.parse_content_stream(page, "cm")]  # type: ignore[arg-type]
        return [(x, y) for x, y in moves]


def plain(text: str) -> str:
    """Without any kind of space, so that line breaks and thin spaces do not matter."""
    return re.sub(r"[\s\u2009\u200b\u00a0]+", "", text)


def _text(page: pikepdf.Page) -> str:
    tables = {name: _table(font) for name, font in page.get("/Resources", {}).get("/Font", {}).items()}
    shown, table = [], {}
    for instruction in pikepdf.parse_content_stream(page, "Tf Tj TJ ET"):
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "Tf":
            table = tables[str(operands[0])]
        elif operator == "ET":
            shown.append(" ")
        else:
            parts = operands[0] if isinstance(operands[0], pikepdf.Array) else operands
            for part in parts:
                if isinstance(part, pikepdf.String):
                    codes = bytes(part)
                    shown += [table.get(codes[i : i + 2], "") for i in range(0, len(codes), 2)]
    return "".join(shown)


def _table(font: pikepdf.Object) -> dict[bytes, str]:
    """Glyph → letters, from the ToUnicode map that the engine wrote."""
    raw = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[bytes, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", raw, re.S):
        for code, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[bytes.fromhex(code)] = bytes.fromhex(letters).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", raw, re.S):
        for first, last, letters in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = int.from_bytes(bytes.fromhex(letters), "big")
            for i, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                size = len(letters) // 2
                found[code.to_bytes(2, "big")] = (start + i).to_bytes(size, "big").decode("utf-16-be")
    return found

#!/usr/bin/env python3
"""What tests/pictures.sh asks of pages and pictures. Needs nothing but Python itself.

    pictures.py words PAGE WORD...          the page shows every word
    pictures.py look PICTURE WIDTH          the picture is no blank one; prints how high it has to be
    pictures.py pack PICTURE WIDTH TARGET   the same; writes it as small as it gets
"""

import collections
import html.parser
import struct
import sys
import zlib

# Bytes of a picture in the repository.
MOST = 150_000
# Rows below the page's last one, at one pixel to a pixel.
MARGIN = 16
# Rows of a picture: the beginning of a long message is enough to see what it looks like.
TALLEST = 1_200
# Colours of a packed picture: more are not seen.
SHADES = 24
# What a page without text would not have: letters have edges of many shades.
LEAST_COLOURS = 24


class Text(html.parser.HTMLParser):
    """The text of a page as the browser took it in."""

    def __init__(self):
        super().__init__()
        self.inside = []
        self.text = []

    def handle_starttag(self, tag, attrs):
        if tag in ("style", "title"):
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.text.append(data)


def words(page, wanted):
    reader = Text()
    with open(page, encoding="utf-8") as file:
        reader.feed(file.read())
    text = " ".join("".join(reader.text).split())
    missing = [word for word in wanted if word not in text]
    if missing:
        sys.exit(f"pictures.py: {page} does not show {missing}: {text[:2000]}")


def read(path):
    """Width, height, and the rows of a PNG with eight bits a channel."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        sys.exit(f"pictures.py: {path} is no PNG")
    at, packed, header = 8, [], None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", data[at + 8 : at + 8 + length])
        elif kind == b"IDAT":
            packed.append(data[at + 8 : at + 8 + length])
        at += 12 + length
    width, height, depth, colour, _, _, interlaced = header
    channels = {2: 3, 6: 4}.get(colour)
    if depth != 8 or channels is None or interlaced:
        sys.exit(f"pictures.py: {path} is a PNG of another kind: {header}")
    raw = zlib.decompress(b"".join(packed))
    stride = width * channels
    rows, before = [], bytes(stride)
    for number in range(height):
        start = number * (stride + 1)
        before = unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), before, channels)
        rows.append(before)
    if channels == 4:
        rows = [bytes(b for at in range(0, stride, 4) for b in row[at : at + 3]) for row in rows]
    return width, height, rows


def unfiltered(kind, row, before, step):
    if kind == 1:
        for at in range(step, len(row)):
            row[at] = (row[at] + row[at - step]) & 255
    elif kind == 2:
        row = bytearray((a + b) & 255 for a, b in zip(row, before))
    elif kind == 3:
        for at in range(len(row)):
            left = row[at - step] if at >= step else 0
            row[at] = (row[at] + (left + before[at]) // 2) & 255
    elif kind == 4:
        for at in range(len(row)):
            left, corner = (row[at - step], before[at - step]) if at >= step else (0, 0)
            up = before[at]
            a, b, c = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
            nearest = left if a <= b and a <= c else up if b <= c else corner
            row[at] = (row[at] + nearest) & 255
    return bytes(row)


def colours(row):
    return set(zip(row[0::3], row[1::3], row[2::3]))


def check(path, wanted):
    """Reads a picture that has to have something on it."""
    width, height, rows = read(path)
    if width != wanted:
        sys.exit(f"pictures.py: {path} is {width} pixels wide, not {wanted}")
    found, marked = set(), 0
    for row in rows:
        here = colours(row)
        found |= here
        marked += len(here) > 8
    if len(found) < LEAST_COLOURS or marked < 20:
        sys.exit(f"pictures.py: {path} looks blank: {len(found)} colours, {marked} rows with text")
    return width, height, rows


def look(path, wanted):
    _, height, rows = check(path, wanted)
    end = height
    while rows[end - 1] == rows[height - 1]:
        end -= 1
    if end == height:
        sys.exit(f"pictures.py: {path} does not show all of its page")
    print(min(end + MARGIN, TALLEST))


def pack(path, wanted, target):
    """Few shades look the same, and need a byte a pixel."""
    width, height, rows = check(path, wanted)
    pixels = [list(zip(row[0::3], row[1::3], row[2::3])) for row in rows]
    counts = collections.Counter(pixel for row in pixels for pixel in row)
    palette = [colour for colour, _ in counts.most_common(SHADES)]
    distance = lambda one, other: sum((a - b) ** 2 for a, b in zip(one, other))
    nearest = lambda colour: min(range(len(palette)), key=lambda at: distance(palette[at], colour))
    index = {colour: nearest(colour) for colour in counts}
    body = bytearray()
    for row in pixels:
        body.append(0)
        body.extend(index[colour] for colour in row)
    data = b"\x89PNG\r\n\x1a\n"
    for kind, part in (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(value for colour in palette for value in colour)),
        (b"IDAT", zlib.compress(bytes(body), 9)),
        (b"IEND", b""),
    ):
        data += struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
    if len(data) > MOST:
        sys.exit(f"pictures.py: {target} would have {len(data)} bytes, more than {MOST}")
    with open(target, "wb") as file:
        file.write(data)


def main(command, *rest):
    if command == "words":
        words(rest[0], rest[1:])
    elif command == "look":
        look(rest[0], int(rest[1]))
    else:
        pack(rest[0], int(rest[1]), rest[2])


main(*sys.argv[1:])

"""Pictures of QR codes, as files and as what a camera sees."""

from __future__ import annotations

from pathlib import Path

import segno

WIDTH, HEIGHT, SCALE = 640, 480, 8
PAPER, INK, TABLE, GREY = 235, 40, 120, 128


def picture(text: str, path: Path) -> str:
    """A PNG of a QR code."""
    segno.make_qr(text).save(str(path), scale=6, border=4)
    return str(path)


def video(text: str, path: Path) -> str:
    """Some frames of a QR code on a table, as YUV4MPEG2, which Chromium plays as its camera."""
    modules = [bytes(row) for row in segno.make_qr(text).matrix_iter(border=4)]
    left, top = (WIDTH - len(modules) * SCALE) // 2, (HEIGHT - len(modules) * SCALE) // 2
    blank = bytes([TABLE]) * WIDTH
    rows = [
        bytes([TABLE]) * left
        + b"".join(bytes([INK if dark else PAPER]) * SCALE for dark in row)
        + bytes([TABLE]) * (WIDTH - left - len(row) * SCALE)
        for row in modules
        for _ in range(SCALE)
    ]
    luma = blank * top + b"".join(rows) + blank * (HEIGHT - top - len(rows))
    frame = b"FRAME\n" + luma + bytes([GREY]) * (WIDTH * HEIGHT // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 5)
    return str(path)

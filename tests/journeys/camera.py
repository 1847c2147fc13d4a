"""What the browsers' cameras see: somebody in front of a wall, drawn here, so that no face is anybody's."""

from math import sqrt
from pathlib import Path

WIDE, HIGH = 640, 480
WALL, SOMEBODY = (52, 140, 122), (196, 145, 112)  # brightness and the two colours: night blue, light indigo
HEAD, SHOULDERS = (200, 84, 84), (470, 190, 230)  # centre from above, half as wide, half as high


def film(path: Path) -> Path:
    """Write a film that goes round: two pictures, the second a breath higher."""
    frames = [b"FRAME\n" + b"".join(_plane(layer, breath) for layer in range(3)) for breath in (0, 2)]
    path.write_bytes(f"YUV4MPEG2 W{WIDE} H{HIGH} F10:1 Ip A1:1 C420jpeg\n".encode() + b"".join(frames * 5))
    return path


def _plane(layer: int, breath: int) -> bytes:
    """Return one layer of a picture: the colours have half as many points as the brightness."""
    step = 2 if layer else 1
    return b"".join(_row(row + breath, layer, WIDE // step, step) for row in range(0, HIGH, step))


def _row(row: int, layer: int, wide: int, step: int) -> bytes:
    half = max(_half(row, *HEAD), _half(row, *SHOULDERS)) // step
    side = bytes([WALL[layer]]) * (wide // 2 - half)
    return side + bytes([SOMEBODY[layer]]) * (2 * half) + side


def _half(row: int, centre: int, wide: int, high: int) -> int:
    """Return half of what an ellipse covers of a row."""
    return int(wide * sqrt(max(0.0, 1 - ((row - centre) / high) ** 2)))

"""The message types of Sheets API v4 (schema.json, made from Google's discovery document) and reading JSON by them.

A type is one letter and what follows it: `s` string, `b` boolean, `i` int32, `d` double, `f` float, `v` anything,
`eA|B` enum, `@Name` message, `*t` list of t, `%t` map from string to t.
"""

from __future__ import annotations

import json
import re
import struct
import sys
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.local.errors import ApiError, invalid_field

if TYPE_CHECKING:
    from collections.abc import Callable

INT32 = 2**31
LARGEST = sys.float_info.max
# Fields that Google prints even when they are zero or false (recorded); any other default value is left out.
KEEPS_DEFAULT = frozenset(
    {
        "SheetProperties.sheetId",
        "SheetProperties.index",
        "TextFormat.bold",
        "TextFormat.italic",
        "TextFormat.strikethrough",
        "TextFormat.underline",
        "GridRange.startRowIndex",
        "GridRange.endRowIndex",
        "GridRange.startColumnIndex",
        "GridRange.endColumnIndex",
        "DimensionRange.startIndex",
        "DimensionRange.endIndex",
        "DeveloperMetadataLocation.sheetId",
        "ExtendedValue.stringValue",
        "ExtendedValue.numberValue",
        "ExtendedValue.boolValue",
        "ExtendedValue.formulaValue",
        "DeveloperMetadataLookup.metadataId",
        "ConditionValue.userEnteredValue",
        "InterpolationPoint.value",
        "FilterSpec.columnIndex",
        "SortSpec.dimensionIndex",
        "UpdateConditionalFormatRuleRequest.newIndex",
        "EmbeddedObjectPosition.sheetId",
    }
)
_SCALARS = {"s": "TYPE_STRING", "b": "TYPE_BOOL", "i": "TYPE_INT32", "d": "TYPE_DOUBLE", "f": "TYPE_FLOAT"}


@cache
def messages() -> dict[str, dict[str, str]]:
    """Every message of the API: name -> field -> type. Read once."""
    found: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("schema.json").read_text("utf-8"))
    return found


@lru_cache(maxsize=4096)  # the schema has some 700 fields; a caller's own names push none of them out for long
def snake(name: str) -> str:
    """Spell a field the way Google's parser names it in errors: `addSheet` -> `add_sheet`."""
    return re.sub(r"(?<!^)([A-Z])", lambda m: "_" + m[1].lower(), name)


def read(message: str, raw: Any, path: str = "") -> dict[str, Any]:
    """JSON *raw* as the named message: known fields, right types, default values left out.

    *path* says where *raw* stands in the payload. Raises ApiError 400 with Google's words.
    """
    if not isinstance(raw, dict):
        raise _wrong(path, f"type.googleapis.com/google.apps.sheets.v4.{message}", raw)
    fields = messages()[message]
    found: dict[str, Any] = {}
    for name, value in raw.items():
        kind = fields.get(name)
        if kind is None:
            name = _camel(name)  # noqa: PLW2901  (proto JSON takes both spellings)
            kind = fields.get(name)
        if kind is None:
            raise _unknown(name, path)
        if value is None:
            continue
        item = read_value(kind, value, f"{path}.{snake(name)}" if path else snake(name))
        if _is_default(item, kind) and f"{message}.{name}" not in KEEPS_DEFAULT:
            continue
        found[name] = item
    return _with_color_styles(fields, found) if "olor" in "".join(found) else found


def read_value(kind: str, value: Any, path: str) -> Any:
    """JSON *value* as a type written as this module's docstring says. Raises ApiError 400."""
    head, rest = kind[0], kind[1:]
    if head == "@":
        return read(rest, value, path)
    if head == "*":
        return _read_list(rest, value, path)
    if head == "%":
        if not isinstance(value, dict):
            raise _wrong(path, "Map", value)
        return {key: read_value(rest, item, f"{path}[{key}]") for key, item in value.items()}
    if head == "e":
        if not isinstance(value, str) or value not in rest.split("|"):
            raise _wrong(path, f"type.googleapis.com/google.apps.sheets.v4.{path.rsplit('.', 1)[-1]}", value)
        return value
    if head == "v":
        return value
    found = _READERS[head](value)
    if found is None:
        raise _wrong(path, _SCALARS[head], value)
    return found


def _read_list(kind: str, value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        if kind in {"*v", "@RowData"} or kind[0] == "v":
            raise _wrong(path, "type.googleapis.com/google.protobuf.ListValue", value)
        value = [value]  # recorded: a single message where a list belongs is taken
    if kind[0] == "@":  # recorded: Google takes a list inside a list of messages as its items
        value = [item for one in value for item in (one if isinstance(one, list) else [one])]
    if kind == "*v":
        for number, row in enumerate(value):
            if not isinstance(row, list):
                where = f"{path}[{number}]"
                raise _wrong(where, "type.googleapis.com/google.protobuf.ListValue", row)
        return list(value)
    return [read_value(kind, item, f"{path}[{number}]") for number, item in enumerate(value)]


def _string(value: Any) -> str | None:
    if isinstance(value, bool):  # recorded: true is taken where text belongs
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def _boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,10}", value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and -INT32 <= value < INT32 else None


def _double(value: Any) -> float | int | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= LARGEST:
        return None
    return value if isinstance(value, int) and abs(value) < 2**53 else _whole(float(value))


def _float(value: Any) -> float | int | None:
    """Numbers that Google keeps in 32 bits come back as the shortest decimal of those 32 bits."""
    found = _double(value)
    if found is None or abs(found) > 3e38:  # noqa: PLR2004
        return None
    single = struct.unpack("f", struct.pack("f", found))[0]
    for digits in range(1, 10):
        short = float(f"{single:.{digits}g}")
        if struct.pack("f", short) == struct.pack("f", single):
            return _whole(short)
    return _whole(single)


_READERS: dict[str, Callable[[Any], Any]] = {"s": _string, "b": _boolean, "i": _integer, "d": _double, "f": _float}


def _whole(value: float) -> float | int:
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _is_default(value: Any, kind: str) -> bool:
    if kind[0] == "e":
        return bool(value == kind[1:].split("|", 1)[0] and value.endswith("UNSPECIFIED"))
    return (kind[0] in "sbidf" and not value) or (kind[0] == "*" and value == [])


def _with_color_styles(fields: dict[str, str], found: dict[str, Any]) -> dict[str, Any]:
    """Google keeps each colour twice, `xColor` and `xColorStyle.rgbColor`; either one sets both."""
    for name in [n for n, kind in fields.items() if kind == "@Color" and f"{n}Style" in fields]:
        style = found.get(f"{name}Style")
        if style is not None:
            found.pop(name, None)
            if "rgbColor" in style:
                style["rgbColor"] = found[name] = _eight_bit(style["rgbColor"])
        elif name in found:
            found[name] = _eight_bit(found[name])
            found[f"{name}Style"] = {"rgbColor": found[name]}
    return found


def _eight_bit(color: dict[str, Any]) -> dict[str, Any]:
    """Round each part as Google does (recorded: 0.9 comes back as 0.8980392, 229/255 in 32 bits); no alpha."""
    parts = {name: _float(int(color[name] * 255) / 255) for name in ("red", "green", "blue") if name in color}
    return {name: part for name, part in parts.items() if part}


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda m: m[1].upper(), name)


def _unknown(name: str, path: str) -> ApiError:
    where = f" at '{path}'" if path else ""
    return invalid_field(f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.', path)


def _wrong(path: str, kind: str, value: Any) -> ApiError:
    return invalid_field(f"Invalid value at '{path}' ({kind}), {json.dumps(value, ensure_ascii=False)[:200]}", path)

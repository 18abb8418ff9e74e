"""Field masks: `fields` of a call, which cuts the answer, and of a request, which says what is written."""

from __future__ import annotations

import re
from typing import Any

from functions.local.errors import invalid_mask, refuse
from functions.local.schema import messages

Mask = dict[str, "Mask"]  # no entries: everything below
_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|[*(),./])")


def parse(text: str) -> Mask:
    """Read `a,b(c,d/e).f` into a tree. Raises ApiError 400 for text that is not a mask."""
    tokens, at = [], 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise invalid_mask(text)
        tokens.append(found[1])
        at = found.end()
    tokens.reverse()  # the next one stands last
    mask = _parse_list(tokens, text)
    if tokens:
        raise invalid_mask(text)
    return mask


def _parse_list(tokens: list[str], text: str) -> Mask:
    mask: Mask = {}
    _parse_path(tokens, mask, text)
    while _next(tokens) == ",":
        tokens.pop()
        _parse_path(tokens, mask, text)
    return mask


def _parse_path(tokens: list[str], mask: Mask, text: str) -> None:
    """Take one path off *tokens* and put it into *mask*; what it already had below stays unless the path ends here."""
    if _next(tokens) in {"", *",()./"}:
        raise invalid_mask(text)
    name = tokens.pop()
    known = name in mask
    below = mask.setdefault(name, {})
    whole = known and not below
    if _next(tokens) in {".", "/"}:
        tokens.pop()
        _parse_path(tokens, below, text)
    elif _next(tokens) == "(":
        tokens.pop()
        below.update(_parse_list(tokens, text))
        if _next(tokens) != ")":
            raise invalid_mask(text)
        tokens.pop()
        if _next(tokens) in {".", "/"}:
            raise invalid_mask(text)
    else:
        whole = True
    if whole:
        below.clear()


def _next(tokens: list[str]) -> str:
    return tokens[-1] if tokens else ""


def check(mask: Mask, message: str, parent: str = "") -> None:
    """Refuse a response mask that names a field the message does not have (recorded wording)."""
    fields = messages().get(message, {})
    for name, below in mask.items():
        path = f"{parent}.{name}" if parent else name
        if name == "*":
            continue
        if name not in fields:
            raise invalid_mask(path)
        kind = fields[name].lstrip("*%")
        if kind[0] == "@":
            check(below, kind[1:], path)
        elif below and fields[name][0] != "%":
            inner = f"{path}.{next(iter(below))}"
            raise invalid_mask(inner)


def check_update(text: str, message: str) -> Mask:
    """Read the `fields` of a request that writes a *message*. Raises ApiError 400 for none or unknown ones."""
    if not text:
        refuse("At least one field must be listed in 'fields'.")
    mask = parse(text)
    _check_update(mask, message, "")
    return mask


def _check_update(mask: Mask, message: str, parent: str) -> None:
    fields = messages()[message]
    for name, below in mask.items():
        path = f"{parent}{name}"
        if name == "*":
            continue
        if name not in fields:
            refuse(f"Invalid field: {re.sub(r'(?<=[a-z])([A-Z])', lambda m: '_' + m[1].lower(), path)}")
        if below and fields[name][0] == "@":
            _check_update(below, fields[name][1:], f"{path}.")


def cut(value: Any, mask: Mask) -> Any:
    """Keep of *value* what *mask* names."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [cut(item, mask) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: cut(item, mask[name]) for name, item in value.items() if name in mask}


def wants(mask: Mask | None, *path: str) -> bool:
    """Whether a response mask (None: no mask) asks for anything under *path*."""
    for name in path:
        if not mask or "*" in mask:
            return True
        if name not in mask:
            return False
        mask = mask[name]
    return True


def merge(target: dict[str, Any], source: dict[str, Any], mask: Mask) -> dict[str, Any]:
    """Write the fields of *source* that *mask* names over a copy of *target*; a named absent field is cleared."""
    if "*" in mask:
        return dict(source)
    result = dict(target)
    for name, below in mask.items():
        for twin in _twins(name):
            _merge_one(result, source, twin, below)
    return result


def _merge_one(result: dict[str, Any], source: dict[str, Any], name: str, below: Mask) -> None:
    if below and not (isinstance(source.get(name, {}), dict) and isinstance(result.get(name, {}), dict)):
        below = {}
    value = merge(result.get(name, {}), source.get(name, {}), below) if below else source.get(name)
    if value is None or (value == {} and below):
        result.pop(name, None)
    else:
        result[name] = value


def _twins(name: str) -> tuple[str, ...]:
    """Name the field and, for a colour, its other spelling: both are kept and always agree."""
    if name.endswith("ColorStyle"):
        return name, name[: -len("Style")]
    return (name, f"{name}Style") if name.endswith(("Color", "color")) else (name,)

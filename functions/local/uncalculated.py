"""What needs a formula's result, or its references moved, in one place: without either it answers 501."""

from __future__ import annotations

import re

from functions.local.errors import refuse_unbuilt
from functions.local.model import Cell, Formula, Value

_TEXT = re.compile(r'"(?:[^"]|"")*"')
_REFERENCE = re.compile(r"\$?[A-Za-z]{1,3}\$?\d+|\$?[A-Za-z]{1,3}:|\d+:")
_FIXED = re.compile(r"\$[A-Za-z]+\$\d+")


def value_of(cell: Cell | None, purpose: str) -> Value:
    """Value of a cell for a *purpose*, such as "a filter". Raises ApiError 501 when it is a formula's result."""
    if cell is None:
        return None
    if isinstance(cell.value, Formula):
        refuse_unbuilt(f"the result of a formula, which {purpose} needs")
    return cell.value


def moved(value: Value, down: int, right: int) -> Value:
    """Value as a copy that many cells away has it. Raises ApiError 501 for a formula whose references would move."""
    if not isinstance(value, Formula) or not (down or right):
        return value
    references = _REFERENCE.findall(_TEXT.sub("", value))
    if not all(_FIXED.fullmatch(reference) for reference in references):
        refuse_unbuilt(f"a copy of the formula {value[:60]}, whose references move")
    return value

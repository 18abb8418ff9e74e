"""Formulas as text and as a tree: `=SUM(A2:A;1)` to tokens that join to the same text, and to frozen nodes.

Precedence as in Google Sheets, tightest first: unary sign, `%`, `^`, `*` `/`, `+` `-`, `&`, comparison.
Arguments are separated by `,` or `;`. In a locale with a decimal comma (`decimal_comma`), `1,5` is a number: then `;`
separates, because nobody could tell the commas apart; and `1.5` is a number only where `,` separates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from functions.local.a1 import column_index

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_DEPTH = 40  # parts inside each other
MAX_CHAIN = 200  # operators in a row
_CELL, _COLUMN, _ROW = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,8}", r"\$?[A-Za-z]{1,3}", r"\$?[0-9]{1,8}"
_TITLE = r"(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!"
_CORNER = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]*)")
_NUMBER = r"(?:[0-9]+(?:{point}[0-9]*)?|[.][0-9]+)(?:[eE][+-]?[0-9]+)?"


def _pattern(point: str) -> re.Pattern[str]:
    end = r"(?![\w.(])"
    return re.compile(
        rf"""(?P<space>\s+)
        |(?P<text>"(?:[^"]|"")*")
        |(?P<error>(?:{_TITLE})?\#(?:N/A|REF!|VALUE!|DIV/0!|NUM!|NAME\?|NULL!|ERROR!))
        |(?P<ref>(?:{_TITLE})?(?:(?:{_CELL}|{_COLUMN}):(?:{_CELL}|{_COLUMN}){end}|{_ROW}:{_ROW}{end}|{_CELL}{end}))
        |(?P<number>{_NUMBER.format(point=point)})
        |(?P<name>[^\W\d][\w.]*)
        |(?P<sign><>|<=|>=|[-+*/^&=<>%(){{}},;\\:])""",
        re.VERBOSE,
    )


_WITH_POINT, _WITH_COMMA = _pattern("[.]"), _pattern("[.,]")


class NotAFormulaError(ValueError):
    """The text does not parse; its cell shows `#ERROR!`."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a formula; all pieces joined are the formula after its `=`."""

    kind: str  # space, text, error, ref, number, name, sign
    text: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a string or a truth value."""

    value: str | float | int | bool


@dataclass(frozen=True, slots=True)
class ErrorLiteral:
    """An error written out, such as `#REF!`."""

    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """An argument left out, as the second of `IF(A1,,2)`."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """What Google accepts and what is not calculated here: it shows `#NAME?`."""


@dataclass(frozen=True, slots=True)
class Corner:
    """One end of a reference, zero-based; None where a side is open (`A`, `2`)."""

    row: int | None
    column: int | None
    row_fixed: bool = False
    column_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Ref:
    """A cell (`last` is None) or a range; `sheet` is the title before `!`, None for the formula's own sheet."""

    sheet: str | None
    first: Corner
    last: Corner | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A named range."""

    text: str


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x`, `+x` or `x%`."""

    sign: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and what stands between them."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function, its name in capitals."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """An array literal, row by row; all rows are equally long."""

    rows: tuple[tuple[Node, ...], ...]


Node = Literal | ErrorLiteral | Missing | Doubtful | Ref | Name | Unary | Binary | Call | Rows


def tokens(text: str, *, decimal_comma: bool = False) -> list[Token]:
    """Cut a formula (with its `=`) into pieces. Raises NotAFormulaError."""
    pattern, found, at = _WITH_COMMA if decimal_comma else _WITH_POINT, [], 1
    if not text.startswith("="):
        raise NotAFormulaError(text)
    while at < len(text):
        match = pattern.match(text, at)
        if match is None or match.lastgroup is None:
            raise NotAFormulaError(text)
        found.append(Token(match.lastgroup, match[0]))
        at = match.end()
    return found


@lru_cache(maxsize=20_000)
def parse(text: str, *, decimal_comma: bool = False) -> Node:
    """Tree of a formula with its `=`. Raises NotAFormulaError."""
    found = [token for token in tokens(text, decimal_comma=decimal_comma) if token.kind != "space"]
    separators = _separators(found, text) if decimal_comma else ",;"
    parser = _Parser(found, text, separators)
    node = parser.expression()
    if parser.next is not None:
        raise NotAFormulaError(text)
    return node


def _separators(found: Sequence[Token], text: str) -> str:
    """Choose what separates arguments in a locale with a decimal comma. Raises NotAFormulaError for a mixture."""
    numbers = [token.text for token in found if token.kind == "number"]
    if any("," in number for number in numbers):
        if any("." in number for number in numbers):
            raise NotAFormulaError(text)
        return ";"
    if any("." in number for number in numbers):
        if Token("sign", ",") not in found:
            raise NotAFormulaError(text)
        return ","
    return ",;"


def parse_ref(text: str) -> Ref:
    """Read a ref token, such as `'Promo codes'!A2:$B`."""
    title, _, cells = text.rpartition("!")
    first, _, last = cells.partition(":")
    sheet = title[1:-1].replace("''", "'") if title.startswith("'") else title or None
    return Ref(sheet, parse_corner(first), parse_corner(last) if last else None)


def parse_corner(text: str) -> Corner:
    """Read one end of a reference: `A`, `$A`, `2`, `$2`, `A$2`. Raises NotAFormulaError for row 0."""
    found = _CORNER.fullmatch(text)
    if found is None or (found[4] and int(found[4]) == 0):
        raise NotAFormulaError(text)
    row = int(found[4]) - 1 if found[4] else None
    if not found[2]:
        return Corner(row, None, row_fixed=bool(found[1] or found[3]))
    return Corner(row, column_index(found[2]), row_fixed=bool(found[3]), column_fixed=bool(found[1]))


_LEVELS = (("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"))
_LEVEL_OF = {sign: level for level, signs in enumerate(_LEVELS) for sign in signs}


class _Parser:
    def __init__(self, found: Sequence[Token], text: str, separators: str) -> None:
        self._tokens, self._text, self._separators = found, text, separators
        self._at = self._depth = 0

    @property
    def next(self) -> str | None:
        """Text of the token to come when it is a sign; "" for another token, None at the end."""
        if self._at == len(self._tokens):
            return None
        token = self._tokens[self._at]
        return token.text if token.kind == "sign" else ""

    def expression(self, least: int = 0) -> Node:
        """Read operands joined by operators of level *least* or tighter."""
        node, count = self._power(), 0
        while (level := _LEVEL_OF.get(self.next or "", -1)) >= least:
            sign = self._take().text
            node, count = Binary(sign, node, self.expression(level + 1)), count + 1
            if count > MAX_CHAIN:
                node = Doubtful()
        return node

    def _power(self) -> Node:
        node = self._unary()
        if self.next != "^":
            return node
        self._take()
        node = Binary("^", node, self._unary())
        while self.next == "^":  # programs disagree whether 2^3^2 is 64 or 512
            self._take()
            self._unary()
            node = Doubtful()
        return node

    def _unary(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NotAFormulaError(self._text)
        if self.next in {"-", "+"}:
            sign = self._take().text
            node: Node = Unary(sign, self._unary())
        else:
            node = self._primary()
            while self.next == "%":
                self._take()
                node = Unary("%", node)
            while self.next == ":":  # A1:INDEX(…), Sheet1!A1:Sheet1!B2
                self._take()
                self._primary()
                node = Doubtful()
        self._depth -= 1
        return node

    def _primary(self) -> Node:  # noqa: PLR0911  one for each kind of token
        token = self._take()
        if token.kind == "number":
            value = float(token.text.replace(",", "."))
            return Literal(int(value) if value.is_integer() and abs(value) < 2**53 else value)
        if token.kind == "text":
            return Literal(token.text[1:-1].replace('""', '"'))
        if token.kind == "ref":
            return parse_ref(token.text)
        if token.kind == "error":
            return ErrorLiteral(token.text.rpartition("#")[1] + token.text.rpartition("#")[2])
        if token.kind == "name":
            return self._named(token.text)
        if token.text == "(":
            node = self.expression()
            self._expect(")")
            return node
        if token.text == "{":
            return self._rows()
        raise NotAFormulaError(self._text)

    def _named(self, text: str) -> Node:
        if self.next == "(":
            self._take()
            return Call(text.upper(), self._arguments())
        if text.upper() in {"TRUE", "FALSE"}:
            return Literal(text.upper() == "TRUE")
        return Name(text)

    def _arguments(self) -> tuple[Node, ...]:
        if self.next == ")":
            self._take()
            return ()
        found = [self._argument()]
        while self.next and self.next in self._separators:
            self._take()
            found.append(self._argument())
        self._expect(")")
        return tuple(found)

    def _argument(self) -> Node:
        return Missing() if self.next and self.next in self._separators + ")" else self.expression()

    def _rows(self) -> Rows:
        rows = [[self.expression()]]
        while self.next in {",", ";", "\\"}:
            if self._take().text == ";":
                rows.append([])
            rows[-1].append(self.expression())
        self._expect("}")
        if len({len(row) for row in rows}) > 1:
            raise NotAFormulaError(self._text)
        return Rows(tuple(tuple(row) for row in rows))

    def _take(self) -> Token:
        if self._at == len(self._tokens):
            raise NotAFormulaError(self._text)
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, sign: str) -> None:
        if self._take() != Token("sign", sign):
            raise NotAFormulaError(self._text)

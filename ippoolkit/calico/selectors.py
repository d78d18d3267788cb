"""Calico's selector language: parse, print canonically, evaluate on labels.

A `Selector` is a flat program in reverse Polish order, so that a selector nested thousands of parentheses deep is read,
printed and evaluated without recursion. The grammar and its corners follow libcalico-go's ``selector`` package.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ..texts import N_, LocalizedText

MAX_LABEL_NAME_LENGTH = 512
# Ours: a text that would take minutes to compare is none. Calico's CRD takes 1,024 characters, older releases any.
MAX_READ_LENGTH = 65_536

_NAME = re.compile(r"[a-zA-Z0-9_./-]+")
_WHITESPACE = re.compile(r"[ \t]*")
_OPERATOR = re.compile(r"(contains|starts[ \t]*with|ends[ \t]*with|not[ \t]*in|in)(?![a-zA-Z0-9_./-])")
_PUNCTUATION = ("==", "!=", "&&", "||", "!", "(", ")", "{", "}", ",")
_CANONICAL_OPERATORS = {"notin": "not in", "startswith": "starts with", "endswith": "ends with"}
_DOUBLED_OPERATORS = {"=": "==", "&": "&&", "|": "||"}
_EXPECTED = N_("expected {what}")
_NO_OPERATOR = N_("expected an operator after the label")


class SelectorError(ValueError):
    """A text that is no selector: `reason`, and the `position` (from 0) of the character where reading stopped."""

    def __init__(self, reason: str, position: int, **values: object) -> None:
        super().__init__(f"{reason.format(**values)} at character {position + 1}")
        self.reason = LocalizedText(reason, **values)
        self.position = position


class _Token(NamedTuple):
    kind: str  # a punctuation mark, an operator word, or: label, string, has, all, global, end
    text: str
    position: int


class _Instruction(NamedTuple):
    """One instruction: an atom pushes a truth value; `not`, `and`, `or` combine the last `operands` of them."""

    operator: str
    label: str = ""
    values: tuple[str, ...] = ()
    operands: int = 1


@dataclass(frozen=True, slots=True)
class Selector:
    """A parsed selector, as `parse_selector` returns it."""

    program: tuple[_Instruction, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the labels that decide, sorted."""
        return tuple(sorted({instruction.label for instruction in self.program if instruction.label}))

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an object with these labels is selected."""
        if len(self.program) == 1:  # as nearly all are
            return _evaluate(self.program[0], labels.get(self.program[0].label))
        stack: list[bool] = []
        for instruction in self.program:
            if instruction.operator == "not":
                stack[-1] = not stack[-1]
            elif instruction.operator in ("and", "or"):
                operands = stack[-instruction.operands :]
                del stack[-instruction.operands :]
                stack.append(all(operands) if instruction.operator == "and" else any(operands))
            else:
                stack.append(_evaluate(instruction, labels.get(instruction.label)))
        return stack.pop()

    def match_many(self, label_sets: Iterable[Mapping[str, str]]) -> list[bool]:
        """Do `matches` for many objects, once for each distinct combination of the labels that decide."""
        label_names = self.labels
        match_by_values: dict[tuple[str | None, ...], bool] = {}
        matches = []
        for labels in label_sets:
            key = tuple(map(labels.get, label_names))
            if (match := match_by_values.get(key)) is None:
                match = match_by_values[key] = self.matches(labels)
            matches.append(match)
        return matches

    def __str__(self) -> str:
        """Return Calico's canonical form."""
        stack: list[str] = []
        for instruction in self.program:
            if instruction.operator == "not":
                stack[-1] = "!" + stack[-1]
            elif instruction.operator in ("and", "or"):
                operands = stack[-instruction.operands :]
                del stack[-instruction.operands :]
                stack.append("(" + (" && " if instruction.operator == "and" else " || ").join(operands) + ")")
            else:
                stack.append(_format_instruction(instruction))
        return stack.pop()


@lru_cache(maxsize=4096)
def parse_selector(text: str) -> Selector:
    """Read a selector; an empty text selects everything.

    Raises
    ------
    SelectorError
        With the reason and the position of the first thing that does not fit.
    """
    if len(text) > MAX_READ_LENGTH:
        raise SelectorError(N_("longer than {most} characters"), MAX_READ_LENGTH, most=MAX_READ_LENGTH)
    tokens = _tokenize(text)
    return _Parser(tokens).parse() if len(tokens) > 1 else Selector((_Instruction("all"),))


def _evaluate(instruction: _Instruction, value: str | None) -> bool:
    match instruction.operator:
        case "has":
            return value is not None
        case "==":
            return value == instruction.values[0]
        case "!=":
            return value != instruction.values[0]
        case "in":
            return value in instruction.values
        case "not in":
            return value not in instruction.values
        case "contains":
            return value is not None and instruction.values[0] in value
        case "starts with":
            return value is not None and value.startswith(instruction.values[0])
        case "ends with":
            return value is not None and value.endswith(instruction.values[0])
    return True  # all(), and global(), which looks at no label either


def _format_instruction(instruction: _Instruction) -> str:
    match instruction.operator:
        case "all" | "global":
            return f"{instruction.operator}()"
        case "has":
            return f"has({instruction.label})"
        case "in" | "not in":
            return f"{instruction.label} {instruction.operator} {{{', '.join(map(_quote, instruction.values))}}}"
    return f"{instruction.label} {instruction.operator} {_quote(instruction.values[0])}"


def _quote(value: str) -> str:
    return f"'{value}'" if '"' in value else f'"{value}"'


def _tokenize(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = _skip_whitespace(text, 0)
    while position < len(text):
        token, position = _next_token(text, position, after_label=bool(tokens) and tokens[-1].kind == "label")
        tokens.append(token)
        position = _skip_whitespace(text, position)
    tokens.append(_Token("end", "", len(text)))
    return tokens


def _next_token(text: str, position: int, *, after_label: bool) -> tuple[_Token, int]:
    char = text[position]
    if char in "\"'":
        end = text.find(char, position + 1)
        if end < 0:
            raise SelectorError(N_("unterminated string"), position)
        return _Token("string", text[position + 1 : end], position), end + 1
    for punctuation in _PUNCTUATION:
        if text.startswith(punctuation, position):
            return _Token(punctuation, punctuation, position), position + len(punctuation)
    if char in _DOUBLED_OPERATORS:
        raise SelectorError(_EXPECTED, position, what=_DOUBLED_OPERATORS[char])
    if after_label:
        if not (operator_match := _OPERATOR.match(text, position)):
            raise SelectorError(_NO_OPERATOR, position)
        kind = re.sub(r"[ \t]", "", operator_match[0])
        return _Token(_CANONICAL_OPERATORS.get(kind, kind), operator_match[0], position), operator_match.end()
    for call in ("has", "all", "global"):
        if text.startswith(call + "(", position):
            return _read_call(text, position, call)
    name = _read_name(text, position)
    return _Token("label", name, position), position + len(name)


def _read_call(text: str, position: int, call: str) -> tuple[_Token, int]:
    argument_start = _skip_whitespace(text, position + len(call) + 1)
    name = _read_name(text, argument_start) if call == "has" else ""
    end = _skip_whitespace(text, argument_start + len(name))
    if not text.startswith(")", end):
        raise SelectorError(N_("no closing ) behind {call}("), end, call=call)
    return _Token(call, name, position), end + 1


def _read_name(text: str, position: int) -> str:
    match = _NAME.match(text, position)
    if not match:
        raise SelectorError(N_("expected a label name"), position)
    if len(match[0]) > MAX_LABEL_NAME_LENGTH:
        raise SelectorError(N_("label name longer than {most} characters"), position, most=MAX_LABEL_NAME_LENGTH)
    return match[0]


def _skip_whitespace(text: str, position: int) -> int:
    match = _WHITESPACE.match(text, position)
    return match.end() if match else position


@dataclass(slots=True)
class _Parenthesis:
    """A parenthesis being read: how many operands of || and of the current && it has, and whether it is negated."""

    negated: bool = False
    or_operands: int = 1
    and_operands: int = 1


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = iter(tokens)
        self.token = next(self.tokens)
        self.program: list[_Instruction] = []

    def parse(self) -> Selector:
        parentheses = [_Parenthesis()]
        while True:
            negated = self._parse_negations()
            if self._accept("("):
                parentheses.append(_Parenthesis(negated))
                continue
            self._parse_term()
            self._emit_not(negated=negated)
            while self.token.kind == ")" and len(parentheses) > 1:
                self._advance()
                self._close_parenthesis(parentheses[-1])
                self._emit_not(negated=parentheses.pop().negated)
            if self._accept("&&"):
                parentheses[-1].and_operands += 1
            elif self._accept("||"):
                self._emit_combination("and", parentheses[-1].and_operands)
                parentheses[-1].or_operands += 1
                parentheses[-1].and_operands = 1
            elif len(parentheses) > 1:
                raise SelectorError(_EXPECTED, self.token.position, what=")")
            elif self.token.kind != "end":
                raise SelectorError(N_("unexpected content after the selector"), self.token.position)
            else:
                self._close_parenthesis(parentheses[-1])
                return Selector(tuple(self.program))

    def _parse_term(self) -> None:
        token = self._advance()
        if token.kind in ("has", "all", "global"):
            self.program.append(_Instruction(token.kind, token.text))
        elif token.kind == "label":
            self._parse_comparison(token.text)
        else:
            if not token.text:
                raise SelectorError(N_("unexpected end"), token.position)
            raise SelectorError(N_("unexpected {what}"), token.position, what=token.text)

    def _parse_comparison(self, label: str) -> None:
        operator = self._advance()
        if operator.kind in ("==", "!=", "contains", "starts with", "ends with"):
            self.program.append(_Instruction(operator.kind, label, (self._parse_string(),)))
        elif operator.kind in ("in", "not in"):
            self.program.append(_Instruction(operator.kind, label, self._parse_set()))
        else:
            raise SelectorError(_NO_OPERATOR, operator.position)

    def _parse_set(self) -> tuple[str, ...]:
        self._expect("{", LocalizedText(N_("a set in braces")))
        values = set()
        while self.token.kind == "string":
            values.add(self._parse_string())
            if not self._accept(","):
                break
        self._expect("}", "}")
        return tuple(sorted(values, key=lambda value: value.encode("utf-8", "surrogatepass")))

    def _parse_string(self) -> str:
        return self._expect("string", LocalizedText(N_("a quoted string"))).text

    def _expect(self, kind: str, expected: str) -> _Token:
        if self.token.kind != kind:
            raise SelectorError(_EXPECTED, self.token.position, what=expected)
        return self._advance()

    def _parse_negations(self) -> bool:
        negated = False
        while self._accept("!"):
            negated = not negated
        return negated

    def _accept(self, kind: str) -> bool:
        if self.token.kind == kind:
            self._advance()
            return True
        return False

    def _advance(self) -> _Token:
        token = self.token
        self.token = next(self.tokens, token)
        return token

    def _emit_not(self, *, negated: bool) -> None:
        if negated:
            self.program.append(_Instruction("not"))

    def _close_parenthesis(self, parenthesis: _Parenthesis) -> None:
        self._emit_combination("and", parenthesis.and_operands)
        self._emit_combination("or", parenthesis.or_operands)

    def _emit_combination(self, operator: str, count: int) -> None:
        if count > 1:
            self.program.append(_Instruction(operator, operands=count))

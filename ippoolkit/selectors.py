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

from .texts import N_, Words

MAX_LABEL = 512

_NAME = re.compile(r"[a-zA-Z0-9_./-]+")
_BLANKS = re.compile(r"[ \t]*")
_OPERATOR = re.compile(r"(contains|starts[ \t]*with|ends[ \t]*with|not[ \t]*in|in)(?![a-zA-Z0-9_./-])")
_PUNCTUATION = ("==", "!=", "&&", "||", "!", "(", ")", "{", "}", ",")
_OPERATORS = {"notin": "not in", "startswith": "starts with", "endswith": "ends with"}
_WANTED = {"=": "==", "&": "&&", "|": "||"}
_EXPECTED = N_("expected {what}")
_NO_OPERATOR = N_("expected an operator behind the label")


class SelectorError(ValueError):
    """A text that is no selector: `reason`, and the `position` (from 0) of the character where reading stopped."""

    def __init__(self, reason: str, position: int, **values: object) -> None:
        super().__init__(f"{reason.format(**values)} at character {position + 1}")
        self.reason = Words(reason, **values)
        self.position = position


class _Token(NamedTuple):
    kind: str  # a punctuation mark, an operator word, or: label, string, has, all, global, end
    text: str
    position: int


class _Step(NamedTuple):
    """One instruction: an atom pushes a truth value; `not`, `and`, `or` combine the last `operands` of them."""

    operator: str
    label: str = ""
    values: tuple[str, ...] = ()
    operands: int = 1


@dataclass(frozen=True, slots=True)
class Selector:
    """A parsed selector; make one with `parse`."""

    program: tuple[_Step, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the labels that decide, sorted."""
        return tuple(sorted({step.label for step in self.program if step.label}))

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an object with these labels is selected."""
        stack: list[bool] = []
        for step in self.program:
            if step.operator == "not":
                stack[-1] = not stack[-1]
            elif step.operator in ("and", "or"):
                last = stack[-step.operands :]
                del stack[-step.operands :]
                stack.append(all(last) if step.operator == "and" else any(last))
            else:
                stack.append(_holds(step, labels.get(step.label)))
        return stack.pop()

    def matches_each(self, many: Iterable[Mapping[str, str]]) -> list[bool]:
        """Do `matches` for many objects, once for each distinct combination of the labels that decide."""
        names = self.labels
        known: dict[tuple[str | None, ...], bool] = {}
        result = []
        for labels in many:
            key = tuple(map(labels.get, names))
            if (match := known.get(key)) is None:
                match = known[key] = self.matches(labels)
            result.append(match)
        return result

    def __str__(self) -> str:
        """Return Calico's canonical form."""
        stack: list[str] = []
        for step in self.program:
            if step.operator == "not":
                stack[-1] = "!" + stack[-1]
            elif step.operator in ("and", "or"):
                last = stack[-step.operands :]
                del stack[-step.operands :]
                stack.append("(" + (" && " if step.operator == "and" else " || ").join(last) + ")")
            else:
                stack.append(_print(step))
        return stack.pop()


@lru_cache(maxsize=4096)
def parse(text: str) -> Selector:
    """Read a selector; an empty text selects everything.

    Raises
    ------
    SelectorError
        With the reason and the position of the first thing that does not fit.
    """
    tokens = _tokenize(text)
    return _Parser(tokens).run() if len(tokens) > 1 else Selector((_Step("all"),))


def _holds(step: _Step, value: str | None) -> bool:
    match step.operator:
        case "has":
            return value is not None
        case "==":
            return value == step.values[0]
        case "!=":
            return value != step.values[0]
        case "in":
            return value in step.values
        case "not in":
            return value not in step.values
        case "contains":
            return value is not None and step.values[0] in value
        case "starts with":
            return value is not None and value.startswith(step.values[0])
        case "ends with":
            return value is not None and value.endswith(step.values[0])
    return True  # all(), and global(), which looks at no label either


def _print(step: _Step) -> str:
    match step.operator:
        case "all" | "global":
            return f"{step.operator}()"
        case "has":
            return f"has({step.label})"
        case "in" | "not in":
            return f"{step.label} {step.operator} {{{', '.join(map(_quote, step.values))}}}"
    return f"{step.label} {step.operator} {_quote(step.values[0])}"


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def _quote(value: str) -> str:
    return f"'{value}'" if '"' in value else f'"{value}"'


def _tokenize(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = _skip(text, 0)
    while at < len(text):
        token, at = _next_token(text, at, after_label=bool(tokens) and tokens[-1].kind == "label")
        tokens.append(token)
        at = _skip(text, at)
    tokens.append(_Token("end", "", len(text)))
    return tokens


def _next_token(text: str, at: int, *, after_label: bool) -> tuple[_Token, int]:
    char = text[at]
    if char in "\"'":
        end = text.find(char, at + 1)
        if end < 0:
            raise SelectorError(N_("unterminated string"), at)
        return _Token("string", text[at + 1 : end], at), end + 1
    for mark in _PUNCTUATION:
        if text.startswith(mark, at):
            return _Token(mark, mark, at), at + len(mark)
    if char in _WANTED:
        raise SelectorError(_EXPECTED, at, what=_WANTED[char])
    if after_label:
        if not (word := _OPERATOR.match(text, at)):
            raise SelectorError(_NO_OPERATOR, at)
        kind = re.sub(r"[ \t]", "", word[0])
        return _Token(_OPERATORS.get(kind, kind), word[0], at), word.end()
    for call in ("has", "all", "global"):
        if text.startswith(call + "(", at):
            return _call(text, at, call)
    name = _name(text, at)
    return _Token("label", name, at), at + len(name)


def _call(text: str, at: int, call: str) -> tuple[_Token, int]:
    inside = _skip(text, at + len(call) + 1)
    name = _name(text, inside) if call == "has" else ""
    end = _skip(text, inside + len(name))
    if not text.startswith(")", end):
        raise SelectorError(N_("no closing ) behind {call}("), end, call=call)
    return _Token(call, name, at), end + 1


def _name(text: str, at: int) -> str:
    match = _NAME.match(text, at)
    if not match:
        raise SelectorError(N_("expected a label name"), at)
    if len(match[0]) > MAX_LABEL:
        raise SelectorError(N_("label name longer than {most} characters"), at, most=MAX_LABEL)
    return match[0]


def _skip(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


@dataclass(slots=True)
class _Group:
    """A parenthesis being read: how many operands of || and of the current && it has, and whether it is negated."""

    negated: bool = False
    ors: int = 1
    ands: int = 1


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = iter(tokens)
        self.token = next(self.tokens)
        self.program: list[_Step] = []

    def run(self) -> Selector:
        groups = [_Group()]
        while True:
            negated = self._negations()
            if self._took("("):
                groups.append(_Group(negated))
                continue
            self._atom()
            self._negate(negated=negated)
            while self.token.kind == ")" and len(groups) > 1:
                self._advance()
                self._close(groups[-1])
                self._negate(negated=groups.pop().negated)
            if self._took("&&"):
                groups[-1].ands += 1
            elif self._took("||"):
                self._combine("and", groups[-1].ands)
                groups[-1].ors += 1
                groups[-1].ands = 1
            elif len(groups) > 1:
                raise SelectorError(_EXPECTED, self.token.position, what=")")
            elif self.token.kind != "end":
                raise SelectorError(N_("unexpected content behind the selector"), self.token.position)
            else:
                self._close(groups[-1])
                return Selector(tuple(self.program))

    def _atom(self) -> None:
        token = self._advance()
        if token.kind in ("has", "all", "global"):
            self.program.append(_Step(token.kind, token.text))
        elif token.kind == "label":
            self._comparison(token.text)
        else:
            if not token.text:
                raise SelectorError(N_("unexpected end"), token.position)
            raise SelectorError(N_("unexpected {what}"), token.position, what=token.text)

    def _comparison(self, label: str) -> None:
        operator = self._advance()
        if operator.kind in ("==", "!=", "contains", "starts with", "ends with"):
            self.program.append(_Step(operator.kind, label, (self._string(),)))
        elif operator.kind in ("in", "not in"):
            self.program.append(_Step(operator.kind, label, self._set()))
        else:
            raise SelectorError(_NO_OPERATOR, operator.position)

    def _set(self) -> tuple[str, ...]:
        self._expect("{", Words(N_("a set in braces")))
        values = set()
        while self.token.kind == "string":
            values.add(self._string())
            if not self._took(","):
                break
        self._expect("}", "}")
        return tuple(sorted(values, key=_bytes))

    def _string(self) -> str:
        return self._expect("string", Words(N_("a quoted string"))).text

    def _expect(self, kind: str, what: str) -> _Token:
        if self.token.kind != kind:
            raise SelectorError(_EXPECTED, self.token.position, what=what)
        return self._advance()

    def _negations(self) -> bool:
        negated = False
        while self._took("!"):
            negated = not negated
        return negated

    def _took(self, kind: str) -> bool:
        if self.token.kind == kind:
            self._advance()
            return True
        return False

    def _advance(self) -> _Token:
        token = self.token
        self.token = next(self.tokens, token)
        return token

    def _negate(self, *, negated: bool) -> None:
        if negated:
            self.program.append(_Step("not"))

    def _close(self, group: _Group) -> None:
        self._combine("and", group.ands)
        self._combine("or", group.ors)

    def _combine(self, operator: str, count: int) -> None:
        if count > 1:
            self.program.append(_Step(operator, operands=count))

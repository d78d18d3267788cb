"""A review of manifests for machines: plain values, SARIF 2.1.0, JUnit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from .. import __version__
from ..findings import Finding, Severity
from ..rules.review import Answer, Review, Reviewed

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note", Severity.OK: "none"}


def as_json(review: Review, lang: str = "en") -> dict[str, Any]:
    """Return the review as dicts, lists and scalars."""
    return {
        "accepted": review.accepted,
        "files": list(review.files),
        "unusable": list(review.unusable),
        "objects": [_object(each, lang) for each in review.objects],
        "findings": [note.as_dict(lang) for note in review.notes],
    }


def _object(each: Reviewed, lang: str) -> dict[str, Any]:
    place = each.resource.place()
    return {
        "kind": each.resource.kind.name,
        "name": each.resource.name,
        "file": place.file,
        "line": place.line,
        "field": place.field,
        "verdicts": {judge: answer.name.lower() for judge, answer in each.answers.items()},
        "findings": [finding.as_dict(lang) for finding in each.findings],
    }


def as_sarif(review: Review, lang: str = "en") -> dict[str, Any]:
    """Return the review as a SARIF 2.1.0 log, for code hosts and editors."""
    rules = {finding.code: finding for finding in review.findings}
    driver = {
        "name": "ippoolkit",
        "version": __version__,
        "rules": [_sarif_rule(finding) for finding in rules.values()],
    }
    order = list(rules)
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(finding, order, lang) for finding in review.findings],
            }
        ],
    }


def _sarif_rule(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.code,
        "shortDescription": {"text": finding.rule.sentence},
        "helpUri": finding.source.url,
        "defaultConfiguration": {"level": _LEVELS[Severity(finding.rule.severity)]},
    }


def _sarif_result(finding: Finding, order: list[str], lang: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": order.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.told(lang)},
        "properties": {"judges": list(finding.judges), "subject": finding.subject},
    }
    if (place := finding.place) is not None:
        physical: dict[str, Any] = {"artifactLocation": {"uri": quote(place.file)}}
        if place.line:
            physical["region"] = {"startLine": place.line}
        result["locations"] = [{"physicalLocation": physical}]
        if place.field:
            result["locations"][0]["logicalLocations"] = [{"fullyQualifiedName": place.field}]
    return result


def as_junit(review: Review, lang: str = "en") -> str:
    """Return the review as JUnit XML: a suite a file, a case for each object and judge."""
    root = ET.Element("testsuites", name="ippoolkit check")
    for file in dict.fromkeys(review.files):
        suite = ET.SubElement(root, "testsuite", name=_xml(file))
        notes = [note for note in review.notes if note.place is not None and note.place.file == file]
        problems = [note for note in notes if note.severity == Severity.ERROR]
        whole = ET.SubElement(suite, "testcase", classname=_xml(file), name="file")
        _outcome(whole, "error" if file in review.unusable else "failure", problems, lang)
        for each in review.objects:
            if each.resource.document.file == file:
                _cases(suite, each, lang)
        cases = suite.findall("testcase")
        suite.set("tests", str(len(cases)))
        for kind in ("failure", "error"):
            suite.set(f"{kind}s", str(sum(case.find(kind) is not None for case in cases)))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _cases(suite: ET.Element, each: Reviewed, lang: str) -> None:
    warnings = [_line(finding, lang) for finding in each.findings if not finding.judges]
    for judge, answer in each.answers.items():
        name = _xml(f"{each.subject} by {judge}")
        case = ET.SubElement(suite, "testcase", classname=_xml(each.resource.document.file), name=name)
        own = {"calicoctl"} if judge == "calicoctl" else {"crd", "kubernetes"}
        reasons = [finding for finding in each.findings if not own.isdisjoint(finding.judges)]
        if answer != Answer.ACCEPTED:
            _outcome(case, "failure", reasons, lang, answer.value)
        if warnings:
            ET.SubElement(case, "system-out").text = _xml("\n".join(warnings))
            warnings = []  # once is enough


def _outcome(case: ET.Element, kind: str, findings: Iterable[Finding], lang: str, message: str = "") -> None:
    found = list(findings)
    if found or message:
        text = message or found[0].sentence(lang)
        ET.SubElement(case, kind, message=_xml(text)).text = _xml("\n".join(_line(each, lang) for each in found))


def _line(finding: Finding, lang: str) -> str:
    where = str(finding.place) if finding.place else finding.subject
    return f"{where}: {finding.told(lang)} [{finding.code}] {finding.source.url}"


def _xml(text: str) -> str:
    """Blot out the characters that XML cannot hold."""
    return "".join(char if char in "\t\n\r" or char.isprintable() else "\ufffd" for char in text)

"""A review of manifests for machines: plain values, SARIF 2.1.0, JUnit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from .. import __version__
from ..errors import describe_finding
from ..findings import Finding, Severity
from ..manifests.manifest_review import Decision, ObjectReview, Review

_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note", Severity.OK: "none"}


def review_as_dict(review: Review, lang: str = "en") -> dict[str, Any]:
    """Return the review as dicts, lists and scalars."""
    return {
        "accepted": review.accepted,
        "calico": str(review.release),
        "files": list(review.files),
        "unusable": list(review.unreadable_files),
        "objects": [_reviewed_as_dict(reviewed, lang) for reviewed in review.objects],
        "findings": [note.as_dict(lang) for note in review.notes],
    }


def _reviewed_as_dict(reviewed: ObjectReview, lang: str) -> dict[str, Any]:
    place = reviewed.resource.place()
    return {
        "kind": reviewed.resource.kind.name,
        "name": reviewed.resource.name,
        "file": place.file,
        "line": place.line,
        "field": place.field,
        "verdicts": {judge: answer.name.lower() for judge, answer in reviewed.decisions.items()},
        "findings": [finding.as_dict(lang) for finding in reviewed.findings],
    }


def review_as_sarif(review: Review, lang: str = "en") -> dict[str, Any]:
    """Return the review as a SARIF 2.1.0 log, for code hosts and editors."""
    finding_by_code = {finding.code: finding for finding in review.findings}
    driver = {
        "name": "ippoolkit",
        "version": __version__,
        "rules": [_sarif_rule(finding) for finding in finding_by_code.values()],
    }
    codes = list(finding_by_code)
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(finding, codes, lang) for finding in review.findings],
            }
        ],
    }


def _sarif_rule(finding: Finding) -> dict[str, Any]:
    url = finding.source.url  # of the kit's own rules a page beside the code
    return {
        "id": finding.code,
        "shortDescription": {"text": finding.rule.message},
        **({"helpUri": url} if "://" in url else {}),
        "defaultConfiguration": {"level": _SARIF_LEVELS[Severity(finding.rule.severity)]},
    }


def _sarif_result(finding: Finding, codes: list[str], lang: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _SARIF_LEVELS[finding.severity],
        "message": {"text": finding.full_message(lang)},
        "properties": {"judges": list(finding.refused_by), "subject": finding.subject},
    }
    if (place := finding.place) is not None:
        physical_location: dict[str, Any] = {"artifactLocation": {"uri": quote(place.file)}}
        if place.line:
            physical_location["region"] = {"startLine": place.line}
        result["locations"] = [{"physicalLocation": physical_location}]
        if place.field:
            result["locations"][0]["logicalLocations"] = [{"fullyQualifiedName": place.field}]
    return result


def review_as_junit(review: Review, lang: str = "en") -> str:
    """Return the review as JUnit XML: a suite a file, a case for each object and judge."""
    root = ET.Element("testsuites", name="ippoolkit check")
    for file in dict.fromkeys(review.files):
        suite = ET.SubElement(root, "testsuite", name=_xml_safe(file))
        notes = [note for note in review.notes if note.place is not None and note.place.file == file]
        problems = [note for note in notes if note.severity == Severity.ERROR]
        file_case = ET.SubElement(suite, "testcase", classname=_xml_safe(file), name="file")
        _add_outcome(file_case, "error" if file in review.unreadable_files else "failure", problems, lang)
        for reviewed in review.objects:
            if reviewed.resource.document.file == file:
                _add_cases(suite, reviewed, lang)
        cases = suite.findall("testcase")
        suite.set("tests", str(len(cases)))
        for kind in ("failure", "error"):
            suite.set(f"{kind}s", str(sum(case.find(kind) is not None for case in cases)))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_cases(suite: ET.Element, reviewed: ObjectReview, lang: str) -> None:
    warnings = [_finding_line(finding, lang) for finding in reviewed.findings if not finding.refused_by]
    for judge, answer in reviewed.decisions.items():
        name = _xml_safe(f"{reviewed.subject} by {judge}")
        case = ET.SubElement(suite, "testcase", classname=_xml_safe(reviewed.resource.document.file), name=name)
        rule_judges = {"calicoctl"} if judge == "calicoctl" else {"crd", "kubernetes"}
        reasons = [finding for finding in reviewed.findings if not rule_judges.isdisjoint(finding.refused_by)]
        if answer != Decision.ACCEPTED:
            _add_outcome(case, "failure", reasons, lang, answer.value)
        if warnings:
            ET.SubElement(case, "system-out").text = _xml_safe("\n".join(warnings))
            warnings = []  # once is enough


def _add_outcome(case: ET.Element, kind: str, findings: Iterable[Finding], lang: str, message: str = "") -> None:
    finding_list = list(findings)
    if finding_list or message:
        text = message or finding_list[0].message(lang)
        ET.SubElement(case, kind, message=_xml_safe(text)).text = _xml_safe(
            "\n".join(_finding_line(finding, lang) for finding in finding_list)
        )


def _finding_line(finding: Finding, lang: str) -> str:
    return f"{describe_finding(finding, lang)} [{finding.code}] {finding.source.url}"


def _xml_safe(text: str) -> str:
    """Blot out the characters that XML cannot hold."""
    return "".join(char if char in "\t\n\r" or char.isprintable() else "\ufffd" for char in text)

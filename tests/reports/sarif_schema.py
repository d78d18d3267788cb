"""The parts of SARIF 2.1.0 that the kit writes, as JSON schema, from the OASIS standard; nothing else is allowed in them.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
"""

from typing import Any

LEVEL = {"enum": ["none", "note", "warning", "error"]}  # 3.27.10
MESSAGE = {"type": "string", "minLength": 1}
# RFC 3986: what may stand in a reference; anything else is percent-encoded.
URI_REFERENCE = {"type": "string", "pattern": r"^(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$"}
ABSOLUTE_URI = {**URI_REFERENCE, "format": "uri"}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


RULE = _object(  # 3.49
    ["id"],
    id={"type": "string", "minLength": 1},
    shortDescription=_object(["text"], text=MESSAGE),
    helpUri={"allOf": [ABSOLUTE_URI, {"pattern": "^https?://"}]},
    defaultConfiguration=_object([], level=LEVEL),
)
LOCATION = _object(  # 3.28
    [],
    physicalLocation=_object(
        ["artifactLocation"],
        artifactLocation=_object(["uri"], uri=URI_REFERENCE),
        region=_object([], startLine={"type": "integer", "minimum": 1}),
    ),
    logicalLocations={"type": "array", "items": _object([], fullyQualifiedName={"type": "string"})},
)
RESULT = _object(  # 3.27
    ["message"],
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=_object(["text"], text=MESSAGE),
    locations={"type": "array", "items": LOCATION},
    properties={"type": "object"},
)
RUN = _object(  # 3.14
    ["tool"],
    tool=_object(
        ["driver"],
        driver=_object(
            ["name"],
            name={"type": "string"},
            version={"type": "string"},
            rules={"type": "array", "items": RULE, "uniqueItems": True},
        ),
    ),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": RESULT},
)
SARIF = _object(  # 3.13
    ["version", "runs"],
    **{"$schema": ABSOLUTE_URI, "version": {"const": "2.1.0"}, "runs": {"type": "array", "items": RUN}},
)

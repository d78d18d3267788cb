"""Rules on manifests as such: what a file, an object and a single value must be like."""

from __future__ import annotations

from functools import partial

from ...calico.limits import MAX_ANNOTATIONS_BYTES, MAX_LABEL_LENGTH, MAX_NAME_LENGTH
from ...texts import N_
from .rule import (
    APISERVER,
    CALICOCTL,
    CALICOCTL_AND_CRD,
    CALICOCTL_AND_KUBERNETES,
    CRD,
    KUBERNETES,
    SOURCE_OF_KIND,
    Rule,
    error,
    info,
    warning,
)

# What a file of manifests must be.
MANIFEST_FILES = (
    error(
        "document-empty",
        N_("There is an empty document before or between the separators: calicoctl rejects the whole file."),
        N_("Remove the separator or the comment above it."),
        source_key="calicoctl",
        applies_to="file",
        refused_by=(CALICOCTL,),
        calico_messages=("unknown resource type () and/or version ()",),
    ),
    error(
        "no-resources",
        N_("The file contains no objects."),
        source_key="calicoctl",
        applies_to="file",
        refused_by=(CALICOCTL,),
        calico_messages=("no resources specified",),
    ),
    info(
        "scenario-pools",
        N_(
            "This is a scenario of ippoolkit, which neither calicoctl nor kubectl takes. Its pools ({pools}) are "
            "judged as manifests."
        ),
        N_("To get a file for calicoctl, use ippoolkit recommend with --manifests FILE."),
        source_key="scenario",
        applies_to="file",
    ),
    warning(
        "json-not-first",
        N_("calicoctl reads only the first of several JSON objects in a row and ignores this one."),
        N_("Put --- on a line between them, or make them the items of a List."),
        source_key="calicoctl",
        applies_to="file",
        refused_by=(CALICOCTL,),
    ),
    error(
        "no-object",
        N_("{value} is not an object with an apiVersion and a kind."),
        N_("Write one: apiVersion, kind, metadata, spec."),
        source_key="calicoctl",
        applies_to="file",
        refused_by=(CALICOCTL, KUBERNETES),
        calico_messages=("into Go value of type []unstructured.Unstructured",),
    ),
    error(
        "kind-unknown",
        N_("calicoctl does not know the kind {kind} of {version} and rejects the whole file."),
        N_("Use a projectcalico.org/v3 kind as Calico spells it, and move other objects to a separate file."),
        source_key="calicoctl",
        applies_to="apiVersion, kind",
        refused_by=(CALICOCTL,),
        calico_messages=("unknown resource type (", "is not supported"),
    ),
    error(
        "kind-not-served",
        N_("calico-apiserver of Calico {release} does not serve the kind {kind}."),
        N_("Use crd.projectcalico.org/v1, or calicoctl ipam configure."),
        source_key="calicoctl",
        applies_to="apiVersion, kind",
        refused_by=(APISERVER,),
    ),
    error(
        "kind-v1",
        N_("{kind} of {version} is the datastore format; calicoctl accepts only projectcalico.org/v3."),
        N_("Convert it: ippoolkit convert FILE writes it as {v3} of projectcalico.org/v3."),
        source_key="calicoctl",
        applies_to="apiVersion",
        refused_by=(CALICOCTL,),
        calico_messages=("unknown resource type (",),
    ),
    error(
        "kind-v2",
        N_("{kind} of {version} is an IP pool of Calico v2; calicoctl accepts only projectcalico.org/v3."),
        N_("Convert it: ippoolkit convert FILE writes what calicoctl convert makes of it."),
        source_key="calicoctl",
        applies_to="apiVersion, kind",
        refused_by=(CALICOCTL,),
        calico_messages=("unknown resource type (",),
    ),
    info("kind-unjudged", N_("Objects of kind {kind} ({version}) are not checked."), applies_to="apiVersion, kind"),
    error(
        "list-crash",
        N_("calicoctl crashes on a {list} whose items lack their own apiVersion and kind; nothing is written."),
        N_("Give each item apiVersion: projectcalico.org/v3 and kind: {kind}, or write separate documents."),
        source_key="calicoctl",
        applies_to="items",
        refused_by=(CALICOCTL,),
        calico_messages=("panic: runtime error",),
    ),
    error(
        "yaml-version",
        N_("The file declares %YAML {version}; Calico's parser accepts only 1.1."),
        N_("Remove the line."),
        source_key="yaml",
        applies_to="file",
        refused_by=CALICOCTL_AND_CRD,
        calico_messages=("found incompatible YAML document",),
    ),
    error(
        "number-infinite",
        N_("{value} cannot be represented in JSON: the file is rejected."),
        N_("Write a number, or put the text in quotes."),
        source_key="json",
        applies_to="file",
        refused_by=CALICOCTL_AND_CRD,
        calico_messages=("json: unsupported value",),
    ),
    warning(
        "text-typed",
        N_("{written} without quotes is not a string in YAML: {text} is stored."),
        N_("Put the value in quotes."),
        source_key="yaml",
        applies_to="any text",
    ),
    warning(
        "field-dropped",
        N_('Unknown field "{field}": the API server drops it silently.'),
        N_("Check the spelling, including capitals; kubectl apply --validate=strict rejects it."),
        source_key="pruning",
        applies_to="any field",
    ),
)

# What the API server and calicoctl ask of every object.
OBJECT_METADATA = (
    error(
        "name-length",
        N_("A name must have 1 to 253 characters; this one has {length}."),
        source_key="names",
        applies_to="metadata.name",
        limit=f"1..{MAX_NAME_LENGTH} characters",
        refused_by=CALICOCTL_AND_KUBERNETES,
        calico_messages=("name is too long",),
    ),
    error(
        "name-syntax",
        N_(
            '"{name}" is not a valid name: use only lowercase letters, digits, - and ., starting and '
            "ending with a letter or digit."
        ),
        source_key="names",
        applies_to="metadata.name",
        refused_by=CALICOCTL_AND_KUBERNETES,
        calico_messages=("name must consist of lower case alphanumeric characters",),
    ),
    error(
        "config-name",
        N_('The IPAMConfiguration must be named default, not "{name}".'),
        N_("Write name: default."),
        source_key="ipamconfig",
        applies_to="IPAMConfiguration metadata.name",
        refused_by=(CALICOCTL,),
        calico_messages=("IPAMConfiguration resource with a name other than",),
    ),
    error(
        "namespace-given",
        N_("{kind} is not namespaced."),
        N_("Remove the namespace."),
        source_key="calicoctl",
        applies_to="metadata.namespace",
        refused_by=(CALICOCTL,),
        calico_messages=("namespace should not be specified for a non-namespaced resource", "is not namespaced"),
    ),
    error(
        "resource-version",
        N_("resourceVersion {value} does not match the stored object: updating with it is rejected."),
        N_("Remove resourceVersion."),
        source_key="calicoctl",
        applies_to="metadata.resourceVersion",
        refused_by=CALICOCTL_AND_KUBERNETES,
        calico_messages=("update conflict", "ResourceVersion"),
    ),
    error(
        "resource-version-new",
        N_("resourceVersion {value} is set: no object can be created with one."),
        N_("Remove resourceVersion. If the object exists already, check against it with --existing."),
        source_key="calicoctl",
        applies_to="metadata.resourceVersion",
        refused_by=CALICOCTL_AND_KUBERNETES,
        calico_messages=("ResourceVersion",),
    ),
    error(
        "label-key",
        N_('"{key}" is not a valid key: {reason}.'),
        source_key="labels",
        applies_to="metadata.labels, metadata.annotations",
        limit=f"{MAX_NAME_LENGTH}/{MAX_LABEL_LENGTH} characters",
        refused_by=CALICOCTL_AND_KUBERNETES,
        calico_messages=("Metadata.Labels (label)", "Metadata.Annotations (key)"),
    ),
    error(
        "label-value",
        N_('"{value}" is not a valid label value: {reason}.'),
        source_key="labels",
        applies_to="metadata.labels",
        limit=f"{MAX_LABEL_LENGTH} characters",
        refused_by=CALICOCTL_AND_KUBERNETES,
        calico_messages=("Metadata.Labels (value)",),
    ),
    error(
        "annotations-large",
        N_("The annotations have {size:byte}; at most {most} are allowed."),
        source_key="labels",
        applies_to="metadata.annotations",
        limit=f"{MAX_ANNOTATIONS_BYTES} bytes",
        refused_by=CALICOCTL_AND_KUBERNETES,
        calico_messages=("total size must be no more than",),
    ),
)


# Rules on the fields of any kind.
_field_error = partial(Rule, "error", source_key=SOURCE_OF_KIND, applies_to="any", refused_by=CALICOCTL_AND_CRD)
# Values of single fields.
FIELD_VALUES = (
    _field_error(
        "type-text",
        N_("{value} is not a string."),
        N_("Put it in quotes."),
        applies_to="any text",
        calico_messages=("cannot unmarshal", "must be of type string", "must be of type cidr", "Unsupported value"),
    ),
    _field_error(
        "type-whole",
        N_("{value} is not an integer."),
        applies_to="any number",
        calico_messages=("of type int", "must be of type integer"),
    ),
    _field_error(
        "type-quoted",
        N_("{value} is a string, not a number."),
        N_("Remove the quotes."),
        applies_to="any number",
        calico_messages=("cannot unmarshal string into", "must be of type integer"),
    ),
    _field_error(
        "type-flag",
        N_("{value} is neither true nor false."),
        applies_to="any flag",
        calico_messages=("of type bool", "must be of type boolean"),
    ),
    _field_error(
        "type-time",
        N_("{value} is not a valid time."),
        N_("Write it as 2026-01-31T12:00:00Z, or remove it."),
        applies_to="metadata",
        refused_by=CALICOCTL_AND_KUBERNETES,
        calico_messages=("of type string", "parsing time"),
    ),
    _field_error(
        "type-list",
        N_("{value} is not a list."),
        applies_to="any list",
        calico_messages=("of type []", "must be of type array"),
    ),
    _field_error(
        "type-mapping",
        N_("{value} is not a mapping."),
        applies_to="any mapping",
        calico_messages=("into Go struct field", "into Go value of type", "must be of type object", "of type map["),
    ),
    _field_error(
        "value-choice",
        N_("{value} is not one of {choices}."),
        limit="see the fields below",
        calico_messages=("supported values:", "unknown use:"),
    ),
    _field_error(
        "value-low",
        N_("{value} is below the minimum of {bound}."),
        limit="see the fields below",
        calico_messages=(
            "should be greater than or equal to",
            "cannot unmarshal number",
            "Tag: gte",
            "must be between 0",
        ),
    ),
    _field_error(
        "value-high",
        N_("{value} is above the maximum of {bound}."),
        limit="see the fields below",
        calico_messages=("should be less than or equal to", "cannot unmarshal number", "Tag: lte", "must be between 0"),
    ),
    _field_error(
        "value-long",
        N_("It has {length} characters; at most {most} are allowed."),
        limit="see the fields below",
        calico_messages=("may not be more than", "may not be longer than", "Too long"),
    ),
    _field_error(
        "value-many",
        N_("There are {count:value}; at most {most} are allowed."),
        limit="see the fields below",
        calico_messages=("must have at most", "Too many"),
    ),
    _field_error(
        "value-twice",
        N_("{value} appears twice."),
        N_("Keep one of them."),
        refused_by=(CRD,),
        calico_messages=("Duplicate value",),
    ),
    warning(
        "auto-allocate-forced",
        N_("calico-apiserver stores autoAllocateBlocks: true, whatever is written."),
        N_("Set it with calicoctl, or in crd.projectcalico.org/v1."),
        source_key="ipamconfig",
        applies_to="IPAMConfiguration spec.autoAllocateBlocks",
    ),
    warning(
        "pool-open",
        N_("Calico {release} does not know {field}: the pool is stored without it, so it serves {whom}."),
        N_("Upgrade Calico first, or use a nodeSelector."),
        source_key="ippool",
        applies_to="IPPool spec.namespaceSelector, spec.assignmentMode, spec.allowedUses",
    ),
    _field_error(
        "field-apiv1",
        N_("{field} is a field of the old API v1 and must be empty."),
        N_("Remove it; ipipMode and natOutgoing are its successors."),
        applies_to="IPPool spec.ipip, spec.nat-outgoing",
        refused_by=(CALICOCTL,),
        calico_messages=("mustBeFalse", "mustBeNil"),
    ),
    _field_error(
        "field-unknown",
        N_('Unknown field "{field}".'),
        N_("Check its spelling."),
        refused_by=(CALICOCTL,),
        calico_messages=("field in document is not recognized", "fields in document are not recognized"),
    ),
    _field_error(
        "field-missing", N_('The field "{field}" is missing.'), calico_messages=("must be specified", "Required value")
    ),
)

"""Rules on files and their contents."""

from __future__ import annotations

from ...texts import N_
from .rule import CALICOCTL_AND_CRD, Rule

_SAVE_AGAIN = N_("Save the command's output again.")
_SAVE_AS_JSON = N_("Save large dumps as JSON: -o json.")

INPUT_FILES = (
    Rule("file-missing", "error", N_("The file does not exist."), N_("Check the path.")),
    Rule("file-folder", "error", N_("This is a folder, not a file."), N_("Name the files in it.")),
    Rule("file-unreadable", "error", N_("The file cannot be read: {reason}.")),
    Rule("file-unwritable", "error", N_("The file cannot be written: {reason}.")),
    Rule("folder-missing", "error", N_("The folder does not exist."), N_("Create it first.")),
    Rule("folder-empty", "error", N_("The folder contains no YAML or JSON files."), N_("Save the dumps there.")),
    Rule("type-date", "error", N_("{value} is not a valid date."), N_("Write it as 2026-01-31.")),
    Rule(
        "link-damaged",
        "error",
        N_("The link or state of a planner is damaged or cut short."),
        N_("Copy it again, all of it."),
    ),
    Rule("file-empty", "error", N_("The file is empty."), _SAVE_AGAIN),
    Rule("file-binary", "error", N_("The file is not text."), N_("Save it as UTF-8 YAML or JSON.")),
    Rule("file-large", "error", N_("The file has {size:byte}; at most {most} are read.")),
    Rule(
        "file-large-text",
        "error",
        N_(
            "The file has {size:byte} and is no list of objects as kubectl and calicoctl print it; of other files at "
            "most {most} are read."
        ),
        _SAVE_AS_JSON,
    ),
    Rule(
        "yaml-values",
        "error",
        N_("The text has more than {most} keys and values."),
        _SAVE_AS_JSON,
    ),
    Rule("file-lines", "error", N_("The file has {lines} lines; at most {most} are read.")),
    Rule(
        "file-large-yaml",
        "error",
        N_("The file has {size:byte}; of YAML at most {most} are read."),
        _SAVE_AS_JSON,
    ),
    Rule(
        "nothing-read",
        "error",
        N_("The input contains no IP pool and no other object that a plan needs."),
        N_("Provide a scenario, or the output of calicoctl get ippools -o yaml."),
    ),
    Rule(
        "yaml-syntax",
        "error",
        N_("Not valid YAML: {reason}."),
        source_key="yaml",
        applies_to="file",
        refused_by=CALICOCTL_AND_CRD,
        calico_messages=("error converting YAML to JSON: yaml:",),
    ),
    Rule(
        "json-syntax",
        "error",
        N_("Not valid JSON: {reason}."),
        N_("The file may be truncated; save it again."),
        source_key="json",
    ),
    Rule(
        "yaml-duplicate",
        "error",
        N_('The key "{key}" appears twice, first on line {first}.'),
        N_("Keep one of them."),
        source_key="yaml",
        applies_to="file",
        refused_by=CALICOCTL_AND_CRD,
        calico_messages=("already set in map",),
    ),
    Rule(
        "release-unknown",
        "error",
        N_("{release} is not a release of Calico."),
        N_("Write it as v3.29.7, or as 3.31 for its last patch; {oldest} to {newest} are known."),
    ),
    Rule(
        "release-old",
        "error",
        N_("Calico {release} is too old: its behaviour before {oldest} is not known here."),
        N_("Upgrade Calico, or choose a release from {oldest} to {newest}."),
    ),
    Rule(
        "release-newer",
        "warning",
        N_("Calico {release} is newer than the newest release known here: it is judged as {newest}."),
    ),
    Rule(
        "yaml-alias",
        "error",
        N_('Unknown anchor "{alias}": it is not defined before this point.'),
        source_key="yaml",
        calico_messages=("unknown anchor",),
    ),
    Rule(
        "yaml-alias-itself",
        "error",
        N_('The anchor "{alias}" contains itself.'),
        source_key="yaml",
        calico_messages=("value contains itself",),
    ),
    Rule("yaml-merge", "error", N_("Only mappings can be merged with <<."), source_key="yaml"),
    Rule(
        "yaml-key",
        "error",
        N_("A list or mapping cannot be a key."),
        N_("If this is a template with {{{{ … }}}}, render it first, for instance by helm template."),
        source_key="yaml",
    ),
    Rule(
        "yaml-bomb",
        "error",
        N_("The aliases expand to {values:value} or more: the file was not read."),
        N_("Write the values out."),
        source_key="yaml",
    ),
    Rule("too-deep", "error", N_("Values are nested more than {depth} levels deep.")),
    Rule(
        "yaml-tag",
        "warning",
        N_('{written} without quotes is a YAML tag: it is read as "{text}".'),
        N_("Put the whole value in quotes. An empty selector selects everything."),
        source_key="yaml",
    ),
    Rule("not-object", "error", N_("Expected a scenario or a Kubernetes object, but found {value}.")),
    Rule("kind-unread", "info", N_("Skipped {count:object} of kinds that are not needed: {kinds}.")),
    Rule(
        "list-empty",
        "info",
        N_("The list is empty. kubectl also prints an empty list when it lacks permission."),
        N_(
            "Check with kubectl auth can-i list; what depends on it counts as unknown. If there are none, state it "
            "with --none KIND."
        ),
    ),
    Rule("archive-damaged", "error", N_("The archive cannot be opened: {reason}."), N_("Pack it again.")),
    Rule("archive-files", "error", N_("The archive contains more than {most} files."), N_("Pack only the dumps.")),
    Rule("archive-large", "error", N_("The archive unpacks to more than {most:byte}."), N_("Pack only the dumps.")),
    Rule(
        "file-cut",
        "error",
        N_("The file ends in the middle of an object: it was cut."),
        _SAVE_AGAIN,
    ),
    Rule(
        "file-end",
        "warning",
        N_("The last line has no end: the file may have been cut."),
        N_("Save it again before correcting anything."),
    ),
    Rule("lines-unread", "info", N_('Lines not recognized ({count}): "{line}".')),
    Rule("lines-unread-several", "info", N_('Lines not recognized ({count}), from "{line}" on: {lines}.')),
    Rule(
        "piece-not-manifest",
        "info",
        N_("{what}: not a manifest, so it is not judged."),
        N_("Give the file to --existing too, to have it count as what exists."),
    ),
    Rule(
        "no-manifest",
        "error",
        N_("{what}: there is no manifest here to judge."),
        N_("Audit it with ippoolkit audit, or give it to --existing beside a manifest."),
    ),
    Rule(
        "table-unknown",
        "error",
        N_("The text looks like the output of a command, but no part of it was recognized."),
        N_("Save the whole output, with its headings."),
    ),
    Rule(
        "blocks-incomplete",
        "warning",
        N_(
            "{cidr} has {used:address} in use, but its listed blocks ({blocks}) hold {listed}: the table is incomplete "
            "or contradicts itself. Block figures are unknown."
        ),
        N_("Save the whole output of calicoctl ipam show --show-blocks."),
    ),
    Rule(
        "borrowed-unknown",
        "warning",
        N_("{count:address} without a node: calicoctl cannot tell whether they are borrowed."),
        N_("Save kubectl get ipamblocks -o json to see them."),
        source_key="ipam",
    ),
    Rule(
        "nodes-listed",
        "info",
        N_(
            "{count:node} known from a table only: labels, tunnel addresses and maxPods that it does not show are"
            " unknown."
        ),
        N_("Save kubectl get nodes -o yaml."),
    ),
    Rule(
        "pods-listed",
        "info",
        N_(
            "{count:pod} known from a table only, {host} of them assumed to be on the host network: annotations, "
            "owners and further addresses are unknown."
        ),
        N_("Save kubectl get pods -A -o json."),
    ),
    Rule(
        "pods-outside-pools",
        "warning",
        N_("The address of {count:pod} is in no pool that was read: {which}."),
        N_(
            "They are on the host network, or have the address from another plugin or from a pool that is missing here."
        ),
        source_key="ipam",
    ),
    Rule(
        "nodes-labels-hidden",
        "warning",
        N_("{count:node} left out: their table does not show the labels that nodeSelectors ask for ({labels})."),
        N_("Save kubectl get nodes -o yaml, or add --show-labels."),
    ),
    Rule("address-shown", "info", N_("{line}; attributes: {attributes}."), source_key="ipam"),
    Rule(
        "routes-borrowed",
        "warning",
        N_(
            "{count:address} routed singly to {node} outside its blocks ({blocks}): {which}. The node borrowed "
            "them from another node's block, or from a block without affinity."
        ),
        N_("Save kubectl get ipamblocks -o json to see whose block it is."),
        source_key="ipam",
    ),
    Rule(
        "pool-from-text",
        "info",
        N_("{cidr} is known from a table only: blockSize {size:d} and whatever the table does not show are assumed."),
        N_("Save calicoctl get ippools -o yaml to plan with the pool's own values."),
    ),
    Rule(
        "pool-from-text-sized",
        "info",
        N_("{cidr} is known from a table only, with blockSize {size:d}: whatever the table does not show is assumed."),
        N_("Save calicoctl get ippools -o yaml to plan with the pool's own values."),
    ),
    Rule("type-number", "error", N_("{value} is not a number."), source_key="scenario"),
    Rule("value-wrong", "error", N_("{value} is not allowed here."), source_key="scenario"),
    Rule(
        "pool-name-taken",
        "error",
        N_('A pool named "{name}" already exists.'),
        N_("Choose another name."),
        source_key="ippool",
    ),
    Rule("name-twice", "error", N_('The name "{name}" is used twice, first at {first}.'), source_key="scenario"),
    Rule(
        "object-differs",
        "error",
        N_("{kind} {name} was already read from {first} with different contents."),
        N_("Use dumps taken at the same time."),
    ),
    Rule(
        "object-twice",
        "warning",
        N_("{kind} {name} appears twice in the file, first at {first}; it is counted once."),
        N_("The file may have been merged from two dumps."),
    ),
    Rule(
        "objects-repeated",
        "warning",
        N_("{count} more objects were already read; each is counted once."),
        N_("Use dumps taken at the same time."),
    ),
    Rule(
        "kind-not-read",
        "warning",
        N_("No {kinds} data was read: figures that need it are unknown."),
        N_("Add a dump, or state that there are none with --none KIND."),
    ),
    Rule(
        "blocks-absent",
        "warning",
        N_("No block is there, although {pods:pod} with addresses of these pools are: what blocks hold is unknown."),
        N_("Add kubectl get ipamblocks -o json; of a cluster that keeps them in etcd, calicoctl ipam check -o FILE."),
    ),
    Rule(
        "kind-forbidden",
        "warning",
        N_("Listing {kind} was forbidden: figures that need it are unknown."),
        N_("Grant the permissions printed by ippoolkit audit --print-rbac."),
    ),
    Rule("calico-message", "warning", N_('Calico reports "{message}". {meaning}'), source_key="ipam"),
    Rule(
        "command-failed",
        "warning",
        N_("The command that produced this output failed: {message}"),
        N_("Run it again; what it should have printed is unknown."),
    ),
    Rule("null-read", "info", N_("The file contains null: treated as no IPAMConfiguration having been created.")),
    Rule("file-unread", "info", N_("Not recognized as kubectl or calicoctl output: skipped.")),
    Rule("table-row", "error", N_('This row of a table cannot be read: "{row}".'), N_("Save the output again.")),
    Rule(
        "check-cut",
        "warning",
        N_("The output of ipam check is truncated: its lists are incomplete."),
        N_("Run it again, and check that calicoctl has the required permissions."),
    ),
    Rule(
        "sequence-rounded",
        "warning",
        N_(
            "The sequence numbers of all {count:block} are rounded to 53 bits: a JSON tool modified "
            "this dump. No figure here depends on them."
        ),
        N_("Never write this dump back to a cluster. Save the kubectl output unmodified."),
    ),
    Rule("scenarios-several", "error", N_("The files contain {count} scenarios."), N_("Provide only one.")),
    Rule(
        "block-length",
        "error",
        N_("The block lists {listed} of its {size:address}: the dump was cut or edited."),
        _SAVE_AGAIN,
        source_key="ipam",
    ),
    Rule(
        "block-attribute",
        "error",
        N_("Ordinal {ordinal} refers to an attribute that does not exist."),
        source_key="ipam",
    ),
    Rule(
        "annotation-pools",
        "error",
        N_("{value} is not a JSON list of pool names."),
        N_('Write it as \'["pool-a", "pool-b"]\'.'),
        source_key="cni",
    ),
    Rule(
        "pool-of-v2",
        "warning",
        N_("{cidr} is a pool of Calico v2 (kind ipPool, apiVersion v1): read as calicoctl convert turns it into v3."),
        N_("Convert it for today's calicoctl: ippoolkit convert FILE."),
        source_key="calicoctl",
    ),
    Rule(
        "cluster-large",
        "error",
        N_("More than {most} {field} are not supported."),
        N_("Read only the part of the cluster that is in question."),
    ),
    Rule(
        "object-large",
        "error",
        N_("One object has {size:byte}; of one at most {most} are read, and Kubernetes stores less."),
    ),
    Rule("problems-many", "error", N_("There are more than {most} problems; reading ended here.")),
    Rule(
        "block-ordinal",
        "error",
        N_("Block {cidr} has ordinals from 0 to {most}; {ordinal} is outside it."),
        N_("Read the block as kubectl get ipamblocks prints it."),
    ),
    Rule(
        "cluster-selectors",
        "error",
        N_(
            "The pools' nodeSelectors have {characters} characters; compared with {nodes:node} they may have at most "
            "{most}."
        ),
        N_("Read only the part of the cluster that is in question."),
    ),
    Rule("text-length", "error", N_("The text has {length} characters; at most {most} are read.")),
    Rule("address-syntax", "error", N_('"{address}" is not a valid IP address.'), source_key="cidr"),
    Rule(
        "route-line",
        "error",
        N_("This line of a routing table is not understood: {line}"),
        N_("Give what ip route prints."),
    ),
)

"""Rules on files and their contents."""

from __future__ import annotations

from ...texts import N_
from .rule import CALICOCTL_AND_CRD, error, info, warning

_SAVE_AGAIN = N_("Save the command's output again.")
_SAVE_AS_JSON = N_("Save large dumps as JSON: -o json.")

INPUT_FILES = (
    error("file-missing", N_("The file does not exist."), N_("Check the path.")),
    error("file-folder", N_("This is a folder, not a file."), N_("Name the files in it.")),
    error("file-unreadable", N_("The file cannot be read: {reason}.")),
    error("file-unwritable", N_("The file cannot be written: {reason}.")),
    error("folder-missing", N_("The folder does not exist."), N_("Create it first.")),
    error("folder-empty", N_("The folder contains no YAML or JSON files."), N_("Save the dumps there.")),
    error("type-date", N_("{value} is not a valid date."), N_("Write it as 2026-01-31.")),
    error(
        "link-damaged", N_("The link or state of a planner is damaged or cut short."), N_("Copy it again, all of it.")
    ),
    error("file-empty", N_("The file is empty."), _SAVE_AGAIN),
    error("file-binary", N_("The file is not text."), N_("Save it as UTF-8 YAML or JSON.")),
    error("file-large", N_("The file has {size:byte}; at most {most} are read.")),
    error(
        "file-large-text",
        N_(
            "The file has {size:byte} and is no list of objects as kubectl and calicoctl print it; of other files at "
            "most {most} are read."
        ),
        _SAVE_AS_JSON,
    ),
    error("yaml-values", N_("The text has more than {most} keys and values."), _SAVE_AS_JSON),
    error("file-lines", N_("The file has {lines} lines; at most {most} are read.")),
    error("file-large-yaml", N_("The file has {size:byte}; of YAML at most {most} are read."), _SAVE_AS_JSON),
    error(
        "nothing-read",
        N_("The input contains no IP pool and no other object that a plan needs."),
        N_("Provide a scenario, or the output of calicoctl get ippools -o yaml."),
    ),
    error(
        "yaml-syntax",
        N_("Not valid YAML: {reason}."),
        source_key="yaml",
        applies_to="file",
        refused_by=CALICOCTL_AND_CRD,
        calico_messages=("error converting YAML to JSON: yaml:",),
    ),
    error(
        "json-syntax",
        N_("Not valid JSON: {reason}."),
        N_("The file may be truncated; save it again."),
        source_key="json",
    ),
    error(
        "yaml-duplicate",
        N_('The key "{key}" appears twice, first on line {first}.'),
        N_("Keep one of them."),
        source_key="yaml",
        applies_to="file",
        refused_by=CALICOCTL_AND_CRD,
        calico_messages=("already set in map",),
    ),
    error(
        "release-unknown",
        N_("{release} is not a release of Calico."),
        N_("Write it as v3.29.7, or as 3.31 for its last patch; {oldest} to {newest} are known."),
    ),
    error(
        "release-old",
        N_("Calico {release} is too old: its behaviour before {oldest} is not known here."),
        N_("Upgrade Calico, or choose a release from {oldest} to {newest}."),
    ),
    warning(
        "release-newer", N_("Calico {release} is newer than the newest release known here: it is judged as {newest}.")
    ),
    error(
        "yaml-alias",
        N_('Unknown anchor "{alias}": it is not defined before this point.'),
        source_key="yaml",
        calico_messages=("unknown anchor",),
    ),
    error(
        "yaml-alias-itself",
        N_('The anchor "{alias}" contains itself.'),
        source_key="yaml",
        calico_messages=("value contains itself",),
    ),
    error("yaml-merge", N_("Only mappings can be merged with <<."), source_key="yaml"),
    error(
        "yaml-key",
        N_("A list or mapping cannot be a key."),
        N_("If this is a template with {{{{ … }}}}, render it first, for instance by helm template."),
        source_key="yaml",
    ),
    error(
        "yaml-bomb",
        N_("The aliases expand to {values:value} or more: the file was not read."),
        N_("Write the values out."),
        source_key="yaml",
    ),
    error("too-deep", N_("Values are nested more than {depth} levels deep.")),
    warning(
        "yaml-tag",
        N_('{written} without quotes is a YAML tag: it is read as "{text}".'),
        N_("Put the whole value in quotes. An empty selector selects everything."),
        source_key="yaml",
    ),
    error("not-object", N_("Expected a scenario or a Kubernetes object, but found {value}.")),
    info("kind-unread", N_("Skipped {count:object} of kinds that are not needed: {kinds}.")),
    info(
        "list-empty",
        N_("The list is empty. kubectl also prints an empty list when it lacks permission."),
        N_(
            "Check with kubectl auth can-i list; what depends on it counts as unknown. If there are none, state it "
            "with --none KIND."
        ),
    ),
    error("archive-damaged", N_("The archive cannot be opened: {reason}."), N_("Pack it again.")),
    error("archive-files", N_("The archive contains more than {most} files."), N_("Pack only the dumps.")),
    error("archive-large", N_("The archive unpacks to more than {most:byte}."), N_("Pack only the dumps.")),
    error("file-cut", N_("The file ends in the middle of an object: it was cut."), _SAVE_AGAIN),
    warning(
        "file-end",
        N_("The last line has no end: the file may have been cut."),
        N_("Save it again before correcting anything."),
    ),
    info("lines-unread", N_('Lines not recognized ({count}): "{line}".')),
    info("lines-unread-several", N_('Lines not recognized ({count}), from "{line}" on: {lines}.')),
    info(
        "piece-not-manifest",
        N_("{what}: not a manifest, so it is not judged."),
        N_("Give the file to --existing too, to have it count as what exists."),
    ),
    error(
        "no-manifest",
        N_("{what}: there is no manifest here to judge."),
        N_("Audit it with ippoolkit audit, or give it to --existing beside a manifest."),
    ),
    error(
        "table-unknown",
        N_("The text looks like the output of a command, but no part of it was recognized."),
        N_("Save the whole output, with its headings."),
    ),
    warning(
        "blocks-incomplete",
        N_(
            "{cidr} has {used:address} in use, but its listed blocks ({blocks}) hold {listed}: the table is incomplete "
            "or contradicts itself. Block figures are unknown."
        ),
        N_("Save the whole output of calicoctl ipam show --show-blocks."),
    ),
    warning(
        "borrowed-unknown",
        N_("{count:address} without a node: calicoctl cannot tell whether they are borrowed."),
        N_("Save kubectl get ipamblocks -o json to see them."),
        source_key="ipam",
    ),
    info(
        "nodes-listed",
        N_(
            "{count:node} known from a table only: labels, tunnel addresses and maxPods that it does not show are"
            " unknown."
        ),
        N_("Save kubectl get nodes -o yaml."),
    ),
    info(
        "pods-listed",
        N_(
            "{count:pod} known from a table only, {host} of them assumed to be on the host network: annotations, "
            "owners and further addresses are unknown."
        ),
        N_("Save kubectl get pods -A -o json."),
    ),
    warning(
        "pods-outside-pools",
        N_("The address of {count:pod} is in no pool that was read: {which}."),
        N_(
            "They are on the host network, or have the address from another plugin or from a pool that is missing here."
        ),
        source_key="ipam",
    ),
    warning(
        "nodes-labels-hidden",
        N_("{count:node} left out: their table does not show the labels that nodeSelectors ask for ({labels})."),
        N_("Save kubectl get nodes -o yaml, or add --show-labels."),
    ),
    info("address-shown", N_("{line}; attributes: {attributes}."), source_key="ipam"),
    warning(
        "routes-borrowed",
        N_(
            "{count:address} routed singly to {node} outside its blocks ({blocks}): {which}. The node borrowed "
            "them from another node's block, or from a block without affinity."
        ),
        N_("Save kubectl get ipamblocks -o json to see whose block it is."),
        source_key="ipam",
    ),
    info(
        "pool-from-text",
        N_("{cidr} is known from a table only: blockSize {size:d} and whatever the table does not show are assumed."),
        N_("Save calicoctl get ippools -o yaml to plan with the pool's own values."),
    ),
    info(
        "pool-from-text-sized",
        N_("{cidr} is known from a table only, with blockSize {size:d}: whatever the table does not show is assumed."),
        N_("Save calicoctl get ippools -o yaml to plan with the pool's own values."),
    ),
    error("type-number", N_("{value} is not a number."), source_key="scenario"),
    error("value-wrong", N_("{value} is not allowed here."), source_key="scenario"),
    error(
        "pool-name-taken", N_('A pool named "{name}" already exists.'), N_("Choose another name."), source_key="ippool"
    ),
    error("name-twice", N_('The name "{name}" is used twice, first at {first}.'), source_key="scenario"),
    error(
        "object-differs",
        N_("{kind} {name} was already read from {first} with different contents."),
        N_("Use dumps taken at the same time."),
    ),
    warning(
        "object-twice",
        N_("{kind} {name} appears twice in the file, first at {first}; it is counted once."),
        N_("The file may have been merged from two dumps."),
    ),
    warning(
        "objects-repeated",
        N_("{count} more objects were already read; each is counted once."),
        N_("Use dumps taken at the same time."),
    ),
    warning(
        "kind-not-read",
        N_("No {kinds} data was read: figures that need it are unknown."),
        N_("Add a dump, or state that there are none with --none KIND."),
    ),
    warning(
        "blocks-absent",
        N_("No block is there, although {pods:pod} with addresses of these pools are: what blocks hold is unknown."),
        N_("Add kubectl get ipamblocks -o json; of a cluster that keeps them in etcd, calicoctl ipam check -o FILE."),
    ),
    warning(
        "kind-forbidden",
        N_("Listing {kind} was forbidden: figures that need it are unknown."),
        N_("Grant the permissions printed by ippoolkit audit --print-rbac."),
    ),
    warning("calico-message", N_('Calico reports "{message}". {meaning}'), source_key="ipam"),
    warning(
        "command-failed",
        N_("The command that produced this output failed: {message}"),
        N_("Run it again; what it should have printed is unknown."),
    ),
    info("null-read", N_("The file contains null: treated as no IPAMConfiguration having been created.")),
    info("file-unread", N_("Not recognized as kubectl or calicoctl output: skipped.")),
    error("table-row", N_('This row of a table cannot be read: "{row}".'), N_("Save the output again.")),
    warning(
        "check-cut",
        N_("The output of ipam check is truncated: its lists are incomplete."),
        N_("Run it again, and check that calicoctl has the required permissions."),
    ),
    warning(
        "sequence-rounded",
        N_(
            "The sequence numbers of all {count:block} are rounded to 53 bits: a JSON tool modified "
            "this dump. No figure here depends on them."
        ),
        N_("Never write this dump back to a cluster. Save the kubectl output unmodified."),
    ),
    error("scenarios-several", N_("The files contain {count} scenarios."), N_("Provide only one.")),
    error(
        "block-length",
        N_("The block lists {listed} of its {size:address}: the dump was cut or edited."),
        _SAVE_AGAIN,
        source_key="ipam",
    ),
    error("block-attribute", N_("Ordinal {ordinal} refers to an attribute that does not exist."), source_key="ipam"),
    error(
        "annotation-pools",
        N_("{value} is not a JSON list of pool names."),
        N_('Write it as \'["pool-a", "pool-b"]\'.'),
        source_key="cni",
    ),
    warning(
        "pool-of-v2",
        N_("{cidr} is a pool of Calico v2 (kind ipPool, apiVersion v1): read as calicoctl convert turns it into v3."),
        N_("Convert it for today's calicoctl: ippoolkit convert FILE."),
        source_key="calicoctl",
    ),
    error(
        "cluster-large",
        N_("More than {most} {field} are not supported."),
        N_("Read only the part of the cluster that is in question."),
    ),
    error(
        "object-large", N_("One object has {size:byte}; of one at most {most} are read, and Kubernetes stores less.")
    ),
    error("problems-many", N_("There are more than {most} problems; reading ended here.")),
    error(
        "block-ordinal",
        N_("Block {cidr} has ordinals from 0 to {most}; {ordinal} is outside it."),
        N_("Read the block as kubectl get ipamblocks prints it."),
    ),
    error(
        "cluster-selectors",
        N_(
            "The pools' nodeSelectors have {characters} characters; compared with {nodes:node} they may have at most "
            "{most}."
        ),
        N_("Read only the part of the cluster that is in question."),
    ),
    error("text-length", N_("The text has {length} characters; at most {most} are read.")),
    error("address-syntax", N_('"{address}" is not a valid IP address.'), source_key="cidr"),
    error("route-line", N_("This line of a routing table is not understood: {line}"), N_("Give what ip route prints.")),
)

"""A recorded run of calicoctl: accepted or not, why not, what is stored afterwards."""

import json
import re

from ippoolkit.calico.kinds import KINDS
from ippoolkit.calico.releases import NEWEST
from ippoolkit.cidr import Cidr
from ippoolkit.manifests import (
    Calicoctl,
    CalicoctlOptions,
    Datastore,
    configure_ipam,
    effective_ipam_options,
    find_kind,
    parse_manifests,
)
from ippoolkit.model import Allocation, Block
from tests.conformance.ipam import release_of
from tests.conformance.reasons import lines_of, unnamed
from tests.helpers import stored_objects

KEYS = {"action", "existing", "accepted", "message", "after"}
_RESOURCES = "/calico/resources/v3/projectcalico.org/"
_CONFIG = "/calico/ipam/v2/config"


def differences(case):
    """Return what differs from the recording."""
    release = release_of(case)
    store = _before(case, release)
    accepted, findings = _run(case, store)
    mismatches = []
    if accepted != case["accepted"]:
        reasons = [(note.code, note.place.field) for note in findings]
        mismatches.append(f"{'accepted' if accepted else f'refused for {reasons}'}; recorded: {case['message'][:200]}")
    elif not accepted:
        errors = [note for note in findings if note.refused_by]
        mismatches += unnamed(lines_of(case["message"]), errors)
    recorded_after = case["after"]
    if recorded_after is not None and not release.has("calicoctl-ipamconfiguration"):
        recorded_after = {kind: by_name for kind, by_name in recorded_after.items() if kind != "IPAMConfiguration"}
    after = {kind: by_name for kind in recorded_after or () if (by_name := stored_objects(store, find_kind(kind)))}
    if recorded_after is not None and after != {kind: by_name for kind, by_name in recorded_after.items() if by_name}:
        mismatches.append(f"after it {json.dumps(after)}; recorded: {json.dumps(case['after'])}")
    if (config := case.get("ipam_config")) and store.ipam_options != config["stored_raw"]:
        mismatches.append(f"options {store.ipam_options}; recorded: {config['stored_raw']}")
    if case.get("stored") is not None and (stored := _stored(case, store)) != case["stored"]:
        mismatches.append(f"stores {stored}; recorded: {case['stored']}")
    return mismatches


def _stored(case, store):
    if case["action"] == "ipam-configure":
        return effective_ipam_options(store.ipam_options, store.release)
    for kind in case["after"] or KINDS:
        by_name = stored_objects(store, find_kind(kind))
        named = [stored["spec"] for name, stored in by_name.items() if name == case.get("stored_name", name)]
        if len(named) == 1:
            return named[0]
    return None


def _before(case, release):
    """What there was: objects applied, nodes with addresses, keys written past calicoctl."""
    store = Datastore(release=release)
    for text in case["existing"]:
        accepted = Calicoctl(store).run("apply", parse_manifests(text, "existing")).accepted
        assert accepted or release != NEWEST, text
    assigned = 0
    for step in case.get("setup") or []:
        match step["op"]:
            case "assign":
                assigned += 1
                _assign(store, step, f"h{assigned}")
            case "release":
                for cidr, block in list(store.blocks.items()):
                    remaining = tuple(
                        allocation for allocation in block.allocations if allocation.handle != step["handle"]
                    )
                    store.blocks[cidr] = Block(cidr=cidr, affinity=block.affinity, allocations=remaining)
                    if not remaining and not block.affinity and block.allocations:
                        del store.blocks[cidr]  # a block without affinity goes with its last address
            case "delete-pool":
                Calicoctl(store).delete(find_kind("ippool"), step["name"])
            case "configure":
                configure_ipam(store, step["args"])
            case "etcd-put" if step["key"] == _CONFIG:
                store.ipam_options = json.loads(step["value"])
            case "etcd-put" if step["key"].startswith(_RESOURCES):
                store.put_unchecked(json.loads(step["value"]))
    return store


def _assign(store, step, handle):
    """Addresses drawn for a node: each stands in a block of its pool, which is the node's from then on."""
    for text in re.findall(r"[0-9a-fA-F.:]+(?=/)", step.get("got") or ""):
        address = Cidr.parse(f"{text}/{128 if ':' in text else 32}")
        sizes = [
            pool["spec"]["blockSize"]
            for pool in stored_objects(store, find_kind("ippool")).values()
            if address in Cidr.parse(pool["spec"]["cidr"])
        ]
        cidr = address.with_prefix(sizes[0])
        allocations = store.blocks[cidr].allocations if cidr in store.blocks else ()
        allocation = Allocation(ordinal=address.first - cidr.first, handle=step.get("handle", handle))
        store.blocks[cidr] = Block(cidr=cidr, affinity=f"host:{step['host']}", allocations=(*allocations, allocation))


def _run(case, store):
    args = list(case.get("args") or [])
    if case["action"] == "ipam-configure":
        findings = configure_ipam(store, args)
        return not findings, findings
    options, words = _options(args)
    calicoctl = Calicoctl(store, options)
    if case["action"] == "patch":
        outcome = calicoctl.patch(find_kind(words[0]), words[1], case["manifest"])
    elif case["action"] == "delete" and words:
        outcome = calicoctl.delete(find_kind(words[0]), *words[1:])
    else:
        outcome = calicoctl.run(case["action"], parse_manifests(case["manifest"], "-"))
    return outcome.accepted, outcome.findings


def _options(args):
    words, options = [], {}
    words_left = iter(args)
    for word in words_left:
        if word in ("-t", "--type"):
            next(words_left)
        elif word in ("-n", "--namespace"):
            options["namespace"] = next(words_left)
        elif word.startswith("--skip-"):
            options[word.removeprefix("--").replace("-", "_")] = True
        elif word.startswith("--namespace="):
            options["namespace"] = word.partition("=")[2]
        elif word not in ("-p", "-f"):
            words.append(word)
    return CalicoctlOptions(**options), words

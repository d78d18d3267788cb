"""What to choose: why, what else there is, what stands in the option; ranges that are free."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

_FIT = N_("It fits {most:node}, with {blocks:block} on each.")

CHOOSING = (
    Rule(
        "choose-picked",
        "ok",
        N_(
            "Picked: /{prefix} with blockSize {size}, the fewest addresses that hold ({addresses}); of these the "
            "fewest routes ({routes}), then the fewest addresses left unused on a node ({unused})."
        ),
        _FIT,
        source_key="blocks",
    ),
    Rule(
        "choose-picked-by-hand",
        "ok",
        N_(
            "Picked by hand: /{prefix} with blockSize {size}, {addresses} addresses, {routes} routes, {unused} "
            "addresses left unused on a node. The fewest addresses that hold are {least} (/{least_prefix}, blockSize "
            "{least_size})."
        ),
        _FIT,
        source_key="blocks",
    ),
    Rule(
        "choose-picked-together",
        "ok",
        N_(
            "Picked: /{prefix} with blockSize {size}, {addresses} addresses and {routes} routes, so that the pools of "
            "all groups stay within the limit on routes together. Alone, {least} addresses would hold "
            "(/{least_prefix}, blockSize {least_size})."
        ),
        _FIT,
        source_key="routes",
    ),
    Rule(
        "choose-surge",
        "info",
        N_(
            "In its {own:block} a node has {spare:address} to spare, and a rolling update may start up to {surge:pod} "
            "more on it ({percent}% of {pods}, Kubernetes' default maxSurge). Beyond these {spare} it claims a further "
            "block; a pool has {left} left for {nodes:node}."
        ),
        N_("To keep updates within a node's own blocks, plan for {pods} + {surge} pods on each."),
        source_key="rolling-update",
    ),
    Rule(
        "choose-surge-capped",
        "warning",
        N_(
            "In its {own:block} a node has {spare:address} to spare, and a rolling update may start up to {surge:pod} "
            "more on it ({percent}% of {pods}, Kubernetes' default maxSurge). It may hold no further block (limit "
            "{limit}): pods beyond these {spare} wait until others end."
        ),
        N_("Plan for {pods} + {surge} pods on each, or raise the limit."),
        source_key="rolling-update",
    ),
    Rule(
        "choose-same-addresses",
        "info",
        N_(
            "For the same addresses, blockSize {size}: {most:node} instead of {now}, for {routes} routes "
            "instead of {now_routes}."
        ),
        source_key="blocks",
    ),
    Rule(
        "choose-more-nodes",
        "info",
        N_("{times} the addresses (/{prefix}, blockSize {size}): {most:node} instead of {now}."),
        source_key="blocks",
    ),
    Rule(
        "choose-fewer-routes",
        "info",
        N_(
            "{times} the addresses (/{prefix}, blockSize {size}): {routes} routes instead of {now_routes}, and "
            "{most:node} instead of {now}."
        ),
        source_key="blocks",
    ),
    Rule(
        "choose-relax-routes",
        "error",
        N_(
            "max-routes: the smallest table has {routes} routes (/{prefix}, blockSize {size}), and {limit} are allowed."
        ),
        N_("Allow {by} more, or plan fewer nodes, fewer pods on each, or more racks with pools of their own."),
        source_key="routes",
    ),
    Rule(
        "choose-relax-routes-together",
        "error",
        N_("max-routes: all pools together have at least {least} routes, and {limit} are allowed."),
        N_("Allow {by} more, or let groups share pools."),
        source_key="routes",
    ),
    Rule(
        "choose-relax-cap",
        "error",
        N_(
            "max-blocks-per-host: a node needs {need:block} of {block:address} (blockSize {size}) for "
            "{addresses_per_node:address}, and may hold {limit}."
        ),
        N_("Allow {by} more, or plan for at most {fit:address} on a node, a tunnel's included."),
        source_key="ipam",
    ),
    Rule(
        "choose-relax-windows",
        "error",
        N_("A block of {block:address} leaves none for pods on a Windows node, which reserves 4 per block."),
        N_("Give Windows nodes pools of their own."),
        source_key="windows",
    ),
    Rule(
        "choose-relax-pool",
        "error",
        N_(
            "pool-size: a rack needs room for {need:node}, headroom included, and the largest pool (/{prefix}, "
            "blockSize {size}) fits {fit}."
        ),
        N_("Plan {by} fewer in each rack, or at least {racks} racks."),
        source_key="blocks",
    ),
    Rule(
        "choose-relax-pool-nodes",
        "error",
        N_(
            "pool-size: a rack needs room for {need:node}, headroom included, and the largest pool (/{prefix}, "
            "blockSize {size}) fits {fit}."
        ),
        N_("Plan {by} fewer in each rack."),
        source_key="blocks",
    ),
    Rule(
        "choose-relax-pool-empty",
        "error",
        N_(
            "pool-size: a rack needs room for {need:node}, and the largest pool (/{prefix}, blockSize "
            "{size}) fits none."
        ),
        N_("Plan fewer pods on a node."),
        source_key="blocks",
    ),
    Rule(
        "choose-no-room",
        "error",
        N_(
            "No room for {pools:pool} of /{prefix}: {within} has room for {found}, and its largest free range is "
            "{largest}."
        ),
        N_("Name more ranges (within), or release networks."),
        source_key="cidr",
    ),
    Rule(
        "choose-no-room-at-all",
        "error",
        N_("No room for {pools:pool} of /{prefix}: nothing is free in {within}."),
        N_("Name more ranges (within), or release networks."),
        source_key="cidr",
    ),
    Rule(
        "choose-room-elsewhere",
        "info",
        N_("{range} has room for {pools:pool} of /{prefix}."),
        N_("Name it (within), or release networks."),
        source_key="cidr",
    ),
    Rule(
        "choose-no-spare",
        "warning",
        N_("The pools fit exactly the nodes that were requested: a node that replaces another finds no block."),
        N_("Ask for headroom, or take the next larger design."),
        source_key="blocks",
    ),
    Rule(
        "choose-pods-assumed",
        "info",
        N_("The number of pods on a node is not given: planned for {pods:pod}, kubelet's maximum."),
        N_("Give it with --pods-per-node."),
    ),
    Rule(
        "choose-private",
        "info",
        N_("No range was given for the pools: private ranges count as free, except for known networks."),
        N_("Name ranges for them (within), and networks in use (taken)."),
        source_key="cidr",
    ),
    Rule(
        "choose-ipip-ipv6", "info", N_("IPIP carries IPv4 only: the IPv6 pools use VXLAN."), source_key="encapsulation"
    ),
    Rule(
        "choose-rack-unlabelled",
        "warning",
        N_("{count:node} without the label {label}: no pool of a rack selects them."),
        N_("Label them before the pools take over: kubectl label node NAME {label}={value}."),
        source_key="labels",
    ),
    Rule(
        "choose-rack-more",
        "warning",
        N_("The nodes name {racks} racks (label {label}), but pools for {wanted} were requested."),
        N_("Ask for a pool for each: --racks {racks}."),
        source_key="labels",
    ),
    Rule(
        "choose-rack-fuller",
        "warning",
        N_("Rack {rack} has {count:node}, but its pool is sized for {fit}: racks are assumed to be equal."),
        N_("Ask for more headroom, or move nodes to other racks."),
        source_key="blocks",
    ),
    Rule(
        "choose-bare-ipv6",
        "warning",
        N_("Calico {release} encapsulates IPv4 only: the IPv6 pools have no encapsulation."),
        N_("Route IPv6 between the nodes, or use Calico v3.23 or newer."),
        source_key="encapsulation",
    ),
    Rule(
        "choose-cap-release",
        "warning",
        N_(
            "calicoctl of Calico {release} cannot set maxBlocksPerHost: its ipam configure takes "
            "--max-blocks-per-host from v3.30 on."
        ),
        N_(
            "Set {most} with kubectl in the IPAMConfig default of crd.projectcalico.org/v1, or leave the limit "
            "out: it is 20 then."
        ),
        source_key="ipam",
    ),
    Rule(
        "choose-nodes-missing",
        "error",
        N_("The number of nodes is not given."),
        N_("Use --nodes and --pods-per-node, or provide a scenario or a cluster's dump."),
    ),
    Rule(
        "choose-groups-several",
        "error",
        N_("There are several groups of nodes: {fields} cannot be set for all of them at once."),
        N_("Write them into the scenario's requirements, or use --group."),
        source_key="scenario",
    ),
    Rule("choose-pick-number", "error", N_("There is no design {number}; there are {count}.")),
    Rule(
        "free-none",
        "error",
        N_("There is room for {found} of {count} ranges of /{prefix}; the largest free range is {largest}."),
        source_key="cidr",
    ),
    Rule(
        "free-nothing",
        "error",
        N_("There is room for {found} of {count} ranges of /{prefix}: nothing is free."),
        source_key="cidr",
    ),
    Rule("free-release", "info", N_("{cidr} would be free without {networks}."), source_key="cidr"),
    Rule(
        "free-release-more", "info", N_("{cidr} would be free without {networks} and {more} more."), source_key="cidr"
    ),
    Rule(
        "free-too-large",
        "error",
        N_("No range of /{prefix} lies within {within}."),
        N_("Name a larger range with --within, or ask for a longer prefix."),
        source_key="cidr",
    ),
    Rule(
        "range-syntax",
        "error",
        N_('"{first}" to "{last}" is not a range of addresses.'),
        N_("Write a first and a last address of one family, the lower one first."),
        source_key="cidr",
    ),
    Rule(
        "prefix-range",
        "error",
        N_("/{prefix} is not a prefix length of IPv{family}."),
        N_("Choose one from 0 to {bits}."),
        source_key="cidr",
    ),
)

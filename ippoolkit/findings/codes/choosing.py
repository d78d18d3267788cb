"""What to choose: why, what else there is, what stands in the option; ranges that are free."""

from __future__ import annotations

from ...texts import N_
from .rule import error, info, ok, warning

_FIT = N_("It fits {most:node}, with {blocks:block} on each.")

CHOOSING = (
    ok(
        "choose-picked",
        N_(
            "Picked: /{prefix} with blockSize {size}, the fewest addresses that hold ({addresses}); of these the "
            "fewest routes ({routes}), then the fewest addresses left unused on a node ({unused})."
        ),
        _FIT,
        source_key="blocks",
    ),
    ok(
        "choose-picked-by-hand",
        N_(
            "Picked by hand: /{prefix} with blockSize {size}, {addresses} addresses, {routes} routes, {unused} "
            "addresses left unused on a node. The fewest addresses that hold are {least} (/{least_prefix}, blockSize "
            "{least_size})."
        ),
        _FIT,
        source_key="blocks",
    ),
    ok(
        "choose-picked-together",
        N_(
            "Picked: /{prefix} with blockSize {size}, {addresses} addresses and {routes} routes, so that the pools of "
            "all groups stay within the limit on routes together. Alone, {least} addresses would hold "
            "(/{least_prefix}, blockSize {least_size})."
        ),
        _FIT,
        source_key="routes",
    ),
    info(
        "choose-surge",
        N_(
            "In its {own:block} a node has {spare:address} to spare, and a rolling update may start up to {surge:pod} "
            "more on it ({percent}% of {pods}, Kubernetes' default maxSurge). Beyond these {spare} it claims a further "
            "block; a pool has {left} left for {nodes:node}."
        ),
        N_("To keep updates within a node's own blocks, plan for {pods} + {surge} pods on each."),
        source_key="rolling-update",
    ),
    warning(
        "choose-surge-capped",
        N_(
            "In its {own:block} a node has {spare:address} to spare, and a rolling update may start up to {surge:pod} "
            "more on it ({percent}% of {pods}, Kubernetes' default maxSurge). It may hold no further block (limit "
            "{limit}): pods beyond these {spare} wait until others end."
        ),
        N_("Plan for {pods} + {surge} pods on each, or raise the limit."),
        source_key="rolling-update",
    ),
    info(
        "choose-same-addresses",
        N_(
            "For the same addresses, blockSize {size}: {most:node} instead of {now}, for {routes} routes "
            "instead of {now_routes}."
        ),
        source_key="blocks",
    ),
    info(
        "choose-more-nodes",
        N_("{times} the addresses (/{prefix}, blockSize {size}): {most:node} instead of {now}."),
        source_key="blocks",
    ),
    info(
        "choose-fewer-routes",
        N_(
            "{times} the addresses (/{prefix}, blockSize {size}): {routes} routes instead of {now_routes}, and "
            "{most:node} instead of {now}."
        ),
        source_key="blocks",
    ),
    error(
        "choose-relax-routes",
        N_(
            "max-routes: the smallest table has {routes} routes (/{prefix}, blockSize {size}), and {limit} are allowed."
        ),
        N_("Allow {by} more, or plan fewer nodes, fewer pods on each, or more racks with pools of their own."),
        source_key="routes",
    ),
    error(
        "choose-relax-routes-together",
        N_("max-routes: all pools together have at least {least} routes, and {limit} are allowed."),
        N_("Allow {by} more, or let groups share pools."),
        source_key="routes",
    ),
    error(
        "choose-relax-cap",
        N_(
            "max-blocks-per-host: a node needs {need:block} of {block:address} (blockSize {size}) for "
            "{addresses_per_node:address}, and may hold {limit}."
        ),
        N_("Allow {by} more, or plan for at most {fit:address} on a node, a tunnel's included."),
        source_key="ipam",
    ),
    error(
        "choose-relax-windows",
        N_("A block of {block:address} leaves none for pods on a Windows node, which reserves 4 per block."),
        N_("Give Windows nodes pools of their own."),
        source_key="windows",
    ),
    error(
        "choose-relax-pool",
        N_(
            "pool-size: a rack needs room for {need:node}, headroom included, and the largest pool (/{prefix}, "
            "blockSize {size}) fits {fit}."
        ),
        N_("Plan {by} fewer in each rack, or at least {racks} racks."),
        source_key="blocks",
    ),
    error(
        "choose-relax-pool-nodes",
        N_(
            "pool-size: a rack needs room for {need:node}, headroom included, and the largest pool (/{prefix}, "
            "blockSize {size}) fits {fit}."
        ),
        N_("Plan {by} fewer in each rack."),
        source_key="blocks",
    ),
    error(
        "choose-relax-pool-empty",
        N_(
            "pool-size: a rack needs room for {need:node}, and the largest pool (/{prefix}, blockSize "
            "{size}) fits none."
        ),
        N_("Plan fewer pods on a node."),
        source_key="blocks",
    ),
    error(
        "choose-no-room",
        N_(
            "No room for {pools:pool} of /{prefix}: {within} has room for {found}, and its largest free range is "
            "{largest}."
        ),
        N_("Name more ranges (within), or release networks."),
        source_key="cidr",
    ),
    error(
        "choose-no-room-at-all",
        N_("No room for {pools:pool} of /{prefix}: nothing is free in {within}."),
        N_("Name more ranges (within), or release networks."),
        source_key="cidr",
    ),
    info(
        "choose-room-elsewhere",
        N_("{range} has room for {pools:pool} of /{prefix}."),
        N_("Name it (within), or release networks."),
        source_key="cidr",
    ),
    warning(
        "choose-no-spare",
        N_("The pools fit exactly the nodes that were requested: a node that replaces another finds no block."),
        N_("Ask for headroom, or take the next larger design."),
        source_key="blocks",
    ),
    info(
        "choose-pods-assumed",
        N_("The number of pods on a node is not given: planned for {pods:pod}, kubelet's maximum."),
        N_("Give it with --pods-per-node."),
    ),
    info(
        "choose-private",
        N_("No range was given for the pools: private ranges count as free, except for known networks."),
        N_("Name ranges for them (within), and networks in use (taken)."),
        source_key="cidr",
    ),
    info("choose-ipip-ipv6", N_("IPIP carries IPv4 only: the IPv6 pools use VXLAN."), source_key="encapsulation"),
    warning(
        "choose-rack-unlabelled",
        N_("{count:node} without the label {label}: no pool of a rack selects them."),
        N_("Label them before the pools take over: kubectl label node NAME {label}={value}."),
        source_key="labels",
    ),
    warning(
        "choose-rack-more",
        N_("The nodes name {racks} racks (label {label}), but pools for {wanted} were requested."),
        N_("Ask for a pool for each: --racks {racks}."),
        source_key="labels",
    ),
    warning(
        "choose-rack-fuller",
        N_("Rack {rack} has {count:node}, but its pool is sized for {fit}: racks are assumed to be equal."),
        N_("Ask for more headroom, or move nodes to other racks."),
        source_key="blocks",
    ),
    warning(
        "choose-bare-ipv6",
        N_("Calico {release} encapsulates IPv4 only: the IPv6 pools have no encapsulation."),
        N_("Route IPv6 between the nodes, or use Calico v3.23 or newer."),
        source_key="encapsulation",
    ),
    warning(
        "choose-cap-release",
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
    error(
        "choose-nodes-missing",
        N_("The number of nodes is not given."),
        N_("Use --nodes and --pods-per-node, or provide a scenario or a cluster's dump."),
    ),
    error(
        "choose-groups-several",
        N_("There are several groups of nodes: {fields} cannot be set for all of them at once."),
        N_("Write them into the scenario's requirements, or use --group."),
        source_key="scenario",
    ),
    error("choose-pick-number", N_("There is no design {number}; there are {count}.")),
    error(
        "free-none",
        N_("There is room for {found} of {count} ranges of /{prefix}; the largest free range is {largest}."),
        source_key="cidr",
    ),
    error(
        "free-nothing",
        N_("There is room for {found} of {count} ranges of /{prefix}: nothing is free."),
        source_key="cidr",
    ),
    info("free-release", N_("{cidr} would be free without {networks}."), source_key="cidr"),
    info("free-release-more", N_("{cidr} would be free without {networks} and {more} more."), source_key="cidr"),
    error(
        "free-too-large",
        N_("No range of /{prefix} lies within {within}."),
        N_("Name a larger range with --within, or ask for a longer prefix."),
        source_key="cidr",
    ),
    error(
        "range-syntax",
        N_('"{first}" to "{last}" is not a range of addresses.'),
        N_("Write a first and a last address of one family, the lower one first."),
        source_key="cidr",
    ),
    error(
        "prefix-range",
        N_("/{prefix} is not a prefix length of IPv{family}."),
        N_("Choose one from 0 to {bits}."),
        source_key="cidr",
    ),
)

"""What differs between Calico's releases, as one table: everything that depends on a release asks it.

Each row is a behaviour, with the release that began it and the one that ended it. Paths are those of
github.com/projectcalico/calico. Rows were read at the release's tag or seen by running that release.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..texts import N_

Version = tuple[int, int]  # minor and patch of v3
FOREVER: Version = (1 << 16, 0)


@dataclass(frozen=True, slots=True)
class Difference:
    """One behaviour that not every release has.

    Attributes
    ----------
    id
        What the code asks for.
    since, until
        The first release that has it, and the first that has it no more.
    component
        The component of Calico, or the judge of manifests, that behaves so.
    message
        One sentence for users.
    source
        Where it is written: a path, and a commit where one is known.
    backports
        Further ranges of releases that have it too.
    impact
        How much it may change for a planner: 0 most, 3 least.
    """

    id: str
    since: Version
    component: str
    message: str
    source: str
    until: Version = FOREVER
    backports: tuple[tuple[Version, Version], ...] = ()
    impact: int = 2

    def applies_to(self, version: Version) -> bool:
        """Whether a release behaves so."""
        ranges = ((self.since, self.until), *self.backports)
        return any(first <= version < end for first, end in ranges)


_IPAM = "libcalico-go/lib/ipam/ipam.go"
_VALIDATOR = "libcalico-go/lib/validator/v3/validator.go"
_POOL_CLIENT = "libcalico-go/lib/clientv3/ippool.go"
_POOL_API = "api/pkg/apis/projectcalico/v3/ippool.go"
_POOL_CRD = "api/config/crd/projectcalico.org_ippools.yaml"
_RESERVATION_CRD = "api/config/crd/projectcalico.org_ipreservations.yaml"
_READER = "calicoctl/calicoctl/resourcemgr/resourcemgr.go"
_CONFIGURE = "calicoctl/calicoctl/commands/ipam/configure.go"
_CONTROLLER = "kube-controllers/pkg/controllers/node/ipam.go"
_SHOW = "calicoctl/calicoctl/commands/ipam/show.go"
BEGINNING: Version = (0, 0)

DIFFERENCES: tuple[Difference, ...] = (
    # Fields of objects.
    Difference(
        "loadbalancer",
        (30, 0),
        "IPPool",
        N_("Pools for LoadBalancer addresses exist; before, a pool with this use serves nobody."),
        f"{_POOL_API}@5037f6690e",
        impact=0,
    ),
    Difference(
        "assignment-mode",
        (30, 0),
        "IPPool",
        N_("assignmentMode exists; before, a Manual pool is stored without it and serves everybody."),
        f"{_POOL_API}@5037f6690e",
        impact=0,
    ),
    Difference(
        "namespace-selector",
        (31, 0),
        "IPPool",
        N_("namespaceSelector exists; before, a pool is stored without it and serves every namespace."),
        f"{_POOL_API}@f3c4ecbe18",
        impact=0,
    ),
    Difference(
        "ip-cooldown",
        (33, 0),
        "IPAM",
        N_("ipCooldownSeconds exists: a released address is held back for that time."),
        f"{_IPAM}@f306ec7075",
        impact=1,
    ),
    Difference(
        "kubevirt-persistence",
        (32, 0),
        "IPAM",
        N_("kubeVirtVMAddressPersistence exists: a stopped KubeVirt machine keeps its address."),
        "libcalico-go/lib/apis/v3/ipamconfig.go",
        impact=1,
    ),
    Difference(
        "ipamconfiguration-api",
        (24, 0),
        "calico-apiserver",
        N_(
            "projectcalico.org/v3 has the kind IPAMConfiguration; before, kubectl meets it in crd.projectcalico.org/v1."
        ),
        "api/pkg/apis/projectcalico/v3/ipamconfig.go@4fa740d746",
    ),
    Difference(
        "auto-allocate-api",
        (32, 0),
        "calico-apiserver",
        N_(
            "IPAMConfiguration has the field autoAllocateBlocks in projectcalico.org/v3; before, it is dropped. "
            "calico-apiserver stores true in either case."
        ),
        "apiserver/pkg/storage/calico/ipamconfig_storage.go",
        impact=3,
    ),
    Difference(
        "apiv1-leftovers",
        BEGINNING,
        "calicoctl",
        N_("The fields ipip and nat-outgoing of an IPPool are known, but must be empty."),
        _VALIDATOR,
        until=(32, 0),
        impact=3,
    ),
    # How manifests are read.
    Difference(
        "yaml-strict",
        (32, 0),
        "calicoctl",
        N_(
            "A repeated YAML key, or an empty document, refuses the file; before, the last key wins and the "
            "document is skipped."
        ),
        _READER,
    ),
    Difference(
        "manifest-status",
        (32, 0),
        "calicoctl",
        N_("A status in a manifest is ignored; before, it is an unknown field and refuses the file."),
        _READER,
        impact=3,
    ),
    Difference(
        "calicoctl-ipamconfiguration",
        (33, 0),
        "calicoctl",
        N_("calicoctl knows the kind IPAMConfiguration; before, only calicoctl ipam configure and kubectl change it."),
        "calicoctl/calicoctl/resourcemgr/ipamconfiguration.go@2b1de24aa4",
        impact=1,
    ),
    Difference(
        "calicoctl-validate",
        (31, 0),
        "calicoctl",
        N_("calicoctl validate exists."),
        "calicoctl/calicoctl/commands/validate.go",
        impact=3,
    ),
    # Rules on manifests.
    Difference(
        "vxlan-ipv6-refused",
        BEGINNING,
        "calicoctl",
        N_("vxlanMode on an IPv6 pool is refused."),
        _VALIDATOR,
        until=(23, 0),
        impact=1,
    ),
    Difference(
        "selector-global-refused",
        (31, 0),
        "calicoctl",
        N_("global() in a pool's selector is refused."),
        _VALIDATOR,
        impact=3,
    ),
    Difference(
        "cidr-respelling",
        (31, 3),
        "calicoctl",
        N_("A pool whose stored cidr is not in canonical form can be updated."),
        f"{_POOL_CLIENT} cidrChangeOK",
        impact=3,
    ),
    Difference(
        "mapped-ipv6-accepted",
        (33, 0),
        "calicoctl",
        N_("An IPv4-mapped IPv6 cidr is accepted and converted."),
        _VALIDATOR,
        impact=3,
    ),
    Difference(
        "reservation-cidrs-only",
        (33, 0),
        "IPReservation",
        N_("reservedCIDRs takes CIDRs only; before, bare addresses such as 192.168.2.3 are accepted too."),
        f"{_RESERVATION_CRD}@accdc748fc",
        impact=1,
    ),
    Difference(
        "crd-native",
        (32, 0),
        "CRD",
        N_("projectcalico.org/v3 exists as a CRD of its own, beside the aggregated API server."),
        _POOL_CRD,
    ),
    Difference(
        "crd-rules-first",
        (32, 0),
        "CRD",
        N_(
            "The CRD checks cidr, blockSize from 0 to 128, encapsulations and uses, and lets neither cidr nor"
            " blockSize change; before, kubectl accepts almost anything."
        ),
        f"{_POOL_CRD}@d0071f2041",
        impact=0,
    ),
    Difference(
        "crd-rules-all",
        (33, 0),
        "CRD",
        N_(
            "The CRD checks all that calicoctl checks of a single pool: block sizes, host bits, link-local "
            "ranges, selectors."
        ),
        f"{_POOL_CRD}@61607b88cc",
        impact=0,
    ),
    Difference(
        "crd-assignment-default",
        (32, 0),
        "CRD",
        N_("The CRD writes assignmentMode: Automatic where it is absent."),
        _POOL_CRD,
        impact=3,
    ),
    Difference(
        "crd-selector-default",
        (33, 0),
        "CRD",
        N_("The CRD writes nodeSelector: all() where it is absent."),
        _POOL_CRD,
        impact=3,
    ),
    # The options of `calicoctl ipam configure`.
    Difference(
        "configure-max-blocks",
        (30, 0),
        "calicoctl",
        N_("calicoctl ipam configure takes --max-blocks-per-host."),
        _CONFIGURE,
    ),
    Difference(
        "configure-any-option",
        (32, 0),
        "calicoctl",
        N_("calicoctl ipam configure works without --strictaffinity."),
        _CONFIGURE,
        impact=3,
    ),
    Difference(
        "config-created-by-ipam",
        (24, 0),
        "IPAM",
        N_("The first request for an address creates the IPAM configuration; later calico-node does at its start."),
        "node/pkg/lifecycle/startup/startup.go@6f2da80ac7",
        until=(33, 0),
        impact=3,
    ),
    # The engine.
    Difference(
        "reclaim-empty-blocks",
        (32, 0),
        "IPAM",
        N_(
            "A node takes over another node's empty block that is at least 60 s old, one claimed before the upgrade at "
            "once; before, it borrows, or fails with strictAffinity, until kube-controllers gives the block back after "
            "15 to 22.5 minutes."
        ),
        f"{_IPAM}@41d469b929",
        impact=0,
    ),
    Difference(
        "assign-ip-checks-use",
        (33, 0),
        "IPAM",
        N_(
            "A fixed address (annotation ipAddrs) must be in a pool that allows the use; before, it could "
            "come from a pool for tunnels or LoadBalancers."
        ),
        f"{_IPAM}@5649f9b736",
    ),
    Difference(
        "handle-counts-exact",
        (33, 0),
        "IPAM",
        N_("Releasing several addresses of one handle and block at once counts each; before, the handle stays behind."),
        "libcalico-go/lib/ipam/ipam_block.go release",
        impact=3,
    ),
    Difference(
        "release-sorted",
        (33, 0),
        "IPAM",
        N_("Addresses released by address in one call join the queue in ascending order; before, in random order."),
        _IPAM,
        impact=3,
    ),
    Difference(
        "utilization-reserved",
        (33, 0),
        "IPAM",
        N_("Figures of utilization count reserved addresses; before, calicoctl ipam show counts them as free."),
        f"{_SHOW}@fc6a9af135",
    ),
    Difference(
        "pool-deletion-waits",
        (31, 0),
        "IPAM",
        N_("A pool that is being deleted is no longer used."),
        f"{_POOL_CLIENT} filterIPPool",
    ),
    Difference(
        "pool-allocatable",
        (32, 0),
        "IPAM",
        N_(
            "With native v3 CRDs a controller checks pools: one that overlaps another is not used (condition "
            "Allocatable=False), and a deleted one waits until its last block is gone."
        ),
        "kube-controllers/pkg/controllers/ippool/pool_controller.go",
    ),
    Difference(
        "pool-delete-leaves-old-blocks",
        (30, 0),
        "calicoctl",
        N_("calicoctl delete ippool leaves blocks behind that were claimed before v3.30 (issue 11179)."),
        _POOL_CLIENT,
        until=(30, 5),
        backports=(((31, 0), (31, 1)),),
        impact=1,
    ),
    Difference(
        "tunnel-pools-checked",
        (25, 1),
        "calico-node",
        N_(
            "Pools without the use Tunnel are skipped for tunnel addresses; before, a request to them ends calico-node."
        ),
        "node/pkg/allocateip/allocateip.go@5bfc79ee10",
        impact=1,
    ),
    Difference(
        "wireguard-ipv6",
        (24, 0),
        "calico-node",
        N_("WireGuard runs over IPv6 too, and takes an IPv6 address on every node."),
        "node/pkg/allocateip/allocateip.go",
        impact=1,
    ),
    Difference(
        "ip-families",
        (30, 0),
        "CNI",
        N_("The annotation cni.projectcalico.org/ipFamilies chooses the families of a pod."),
        "cni-plugin/pkg/ipamplugin/ipam_plugin.go@a5bba61f59",
    ),
    # kube-controllers.
    Difference(
        "gc-three-free",
        BEGINNING,
        "kube-controllers",
        N_("An empty block is given back only while the node's other blocks together have at least 3 free addresses."),
        _CONTROLLER,
        until=(28, 0),
        impact=1,
    ),
    Difference(
        "gc-clock-kept",
        BEGINNING,
        "kube-controllers",
        N_(
            "A block that was used in between keeps the time at which it was first seen empty, and may be released"
            " at once."
        ),
        f"{_CONTROLLER}@0351b09db7",
        until=(28, 0),
        impact=3,
    ),
    Difference(
        "gc-evicted",
        (29, 0),
        "kube-controllers",
        N_("Failed pods with the reason Evicted count as gone."),
        f"{_CONTROLLER}@823ed30d1e",
    ),
    Difference(
        "gc-dirty-nodes",
        (30, 0),
        "kube-controllers",
        N_(
            "A change triggers a check of the nodes concerned only; before, of all nodes, so a leaked address was"
            " released at the first event after its grace period."
        ),
        f"{_CONTROLLER}@d87fb980ed",
        impact=3,
    ),
    Difference(
        "gc-batches",
        (31, 0),
        "kube-controllers",
        N_("Leaked addresses are released 10,000 a call; before, one by one."),
        _CONTROLLER,
        impact=3,
    ),
    Difference(
        "gc-node-retries",
        (27, 0),
        "kube-controllers",
        N_(
            "Where the blocks of a deleted node cannot be released, that node alone is tried again after 30 s; before, "
            "all nodes wait for one retry, up to 1,000 s."
        ),
        _CONTROLLER,
        impact=3,
    ),
    # What calicoctl prints.
    Difference(
        "show-reserved",
        (33, 0),
        "calicoctl",
        N_("calicoctl ipam show has a column IPS RESERVED."),
        _SHOW,
        impact=3,
    ),
    Difference(
        "errors-lower-case",
        (31, 0),
        "calicoctl",
        N_("calicoctl's errors begin with a lower-case letter."),
        _READER,
        impact=3,
    ),
)

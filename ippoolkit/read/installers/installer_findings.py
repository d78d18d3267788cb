"""What there is to say of an installer's pools: where each value comes from, what differs, what is mixed up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...calico.limits import DEFAULT_BLOCK_SIZE
from ...cidr import Cidr
from ...findings import N_, Finding, LocalizedText
from ...model import IPPool
from .installer_settings import InstallerPool, InstallerSettings

# Fields of a pool that are compared, and what they are called in a manifest.
_COMPARED_FIELDS = {
    "cidr": "cidr",
    "block_size": "blockSize",
    "encapsulation": "encapsulation",
    "nat_outgoing": "natOutgoing",
    "node_selector": "nodeSelector",
}

_MODES = ("ipipMode", "vxlanMode")
NO_PLATFORM = LocalizedText(N_("none: kubeadm was given no podSubnet"))
OPERATORS = ("Tigera operator", "Helm chart")


def origin_findings(settings: InstallerSettings, built: Iterable[IPPool]) -> Iterator[Finding]:
    """Show each pool that an installer creates, and which of its values were not written but are defaults."""
    for pool in built:
        installer_pool = settings.pools[pool.name]
        # A mode that is off is what the encapsulation already says.
        keys = [key for key, value in installer_pool.spec.items() if not (key in _MODES and value == "Never")]
        written = [_field_text(installer_pool, key) for key in keys if key not in installer_pool.defaults]
        defaults = [_field_text(installer_pool, key) for key in keys if key in installer_pool.defaults]
        params = {
            "installer": installer_pool.installer,
            "cidr": str(pool.cidr),
            "size": pool.block_size,
            "encapsulation": pool.encapsulation,
            "written": ", ".join(written) or "-",
            "defaults": ", ".join(defaults) or "-",
        }
        yield Finding("installer-pool", f"IPPool/{pool.name}", params, installer_pool.place)


def _field_text(pool: InstallerPool, key: str) -> str:
    origin = f" ({pool.cidr_origin})" if key == "cidr" and pool.cidr_origin else ""
    return f"{key} {_value_text(pool.spec[key])}{origin}"


def _value_text(value: object) -> str:
    if isinstance(value, list | tuple):
        return "/".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def difference_findings(
    settings: InstallerSettings, built: Iterable[IPPool], existing: Iterable[IPPool]
) -> Iterator[Finding]:
    """Say where an IPPool that exists differs from what the installer's file would create, and which there is not."""
    existing = list(existing)
    for planned in built:
        installer_pool = settings.pools[planned.name]
        same = [pool for pool in existing if planned.name == pool.name or planned.cidr.overlaps(pool.cidr)]
        if existing and not same:
            params = {"installer": installer_pool.installer, "cidr": str(planned.cidr)}
            yield Finding("installer-pool-absent", f"IPPool/{planned.name}", params, installer_pool.place)
        for pool in same:
            differing = [name for name in _COMPARED_FIELDS if getattr(planned, name) != getattr(pool, name)]
            if differing:
                texts = {name: [_value_text(getattr(item, name)) for item in (pool, planned)] for name in differing}
                fields = ", ".join(f"{_COMPARED_FIELDS[name]}: {' / '.join(texts[name])}" for name in texts)
                params = {"installer": installer_pool.installer, "fields": fields}
                yield Finding("installer-differs", f"IPPool/{pool.name}", params, installer_pool.place)


def operator_findings(settings: InstallerSettings, built: Iterable[IPPool]) -> Iterator[Finding]:
    """Say which pools the operator refuses: those outside the pod networks of kubeadm and OpenShift."""
    platform = [
        cidr for item in settings.ranges_of("cluster", platform_only=True) if (cidr := Cidr.parse_or_none(item.text))
    ]
    for pool in built:
        installer_pool = settings.pools[pool.name]
        is_known = bool(platform) or settings.lacks_platform_ranges
        if is_known and installer_pool.installer in OPERATORS and not any(pool.cidr in cidr for cidr in platform):
            params = {"cidr": str(pool.cidr), "platform": ", ".join(map(str, platform)) or NO_PLATFORM}
            yield Finding("operator-refuses", f"IPPool/{pool.name}", params, installer_pool.place)


def prefix_findings(settings: InstallerSettings, pools: Iterable[IPPool]) -> Iterator[Finding]:
    """Compare the per-node prefix of other network plugins with the blockSize that counts."""
    nodes = len(settings.nodes)
    for pool in pools:
        if pool.version not in settings.node_prefixes:
            continue
        prefix, name = settings.node_prefixes[pool.version]
        place = settings.pools[pool.name].place if pool.name in settings.pools else None
        params: dict[str, object] = {"size": pool.block_size, "prefix": prefix, "name": name}
        is_intended = any(note.code in ("mask-is-block-size", "kubespray-old") for note in settings.notes)
        if pool.block_size == prefix and prefix != DEFAULT_BLOCK_SIZE[pool.version] and not is_intended:
            yield Finding("prefix-as-size", f"IPPool/{pool.name}", params, place)
        if "kube_network_node_prefix" not in name:
            continue  # of others the design rule on per-node ranges speaks
        subnets = pool.cidr.subnet_count(prefix)
        if nodes and (subnets < nodes) != (pool.block_count < nodes):
            subnet_params = {**params, "subnets": subnets, "blocks": pool.block_count, "nodes": nodes}
            yield Finding("prefix-misleads", f"IPPool/{pool.name}", subnet_params, place)

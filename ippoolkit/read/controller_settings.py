"""FelixConfiguration and KubeControllersConfiguration: what overrides pools, and what releases leaked addresses."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from ..findings import Finding, Place
from ..model import Cluster
from .document import Document, FieldPath
from .plain_values import get_mapping

_DEFAULT_GRACE_PERIODS = ("", "15m", "15m0s", "900s")


class ControllerSettings:
    """Takes the two kinds; what they mean is said once the pools are known."""

    def __init__(self) -> None:
        self.felix: tuple[Mapping[str, Any], Place] | None = None
        self.controllers: tuple[Mapping[str, Any], Place] | None = None

    def read_object(self, document: Document, path: FieldPath, value: Mapping[str, Any], kind: str) -> bool:
        """Take an object; say whether it was one of these kinds and named default."""
        if get_mapping(value, "metadata").get("name") != "default":
            return False  # Felix' settings of one node
        if kind == "FelixConfiguration":
            self.felix = get_mapping(value, "spec"), document.place((*path, "spec"))
        elif kind == "KubeControllersConfiguration":
            self.controllers = get_mapping(value, "spec", "controllers"), document.place((*path, "spec", "controllers"))
        else:
            return False
        return True

    def apply(self, cluster: Cluster) -> Cluster:
        """Return the cluster with WireGuard as Felix has it: its tunnels take addresses, too."""
        if self.felix is None:
            return cluster
        spec = self.felix[0]
        flags: dict[str, Any] = {
            "wireguard_enabled": spec.get("wireguardEnabled") is True,
            "wireguard_enabled_v6": spec.get("wireguardEnabledV6") is True,
        }
        return dataclasses.replace(cluster, **flags)

    def findings(self, cluster: Cluster) -> Iterator[Finding]:
        """Say what Felix overrides, and what kube-controllers leaves lying."""
        if self.felix is not None:
            spec, place = self.felix
            for field, name in (("ipipEnabled", "ipip_mode"), ("vxlanEnabled", "vxlan_mode")):
                pools = [pool.name for pool in cluster.pools if getattr(pool, name) != "Never" and not pool.disabled]
                if spec.get(field) is False and pools:
                    params = {"field": field, "pools": ", ".join(pools)}
                    yield Finding("felix-overrides", "FelixConfiguration/default", params, place)
        if self.controllers is not None:
            controllers, place = self.controllers
            node = controllers.get("node")
            subject = "KubeControllersConfiguration/default"
            if not isinstance(node, Mapping):
                yield Finding("node-controller-off", subject, place=place)
                return
            period = str(node.get("leakGracePeriod") or "")
            if period in ("0", "0s"):
                yield Finding("leak-grace-off", subject, place=place)
            elif period not in _DEFAULT_GRACE_PERIODS:
                yield Finding("leak-grace", subject, {"period": period[:20]}, place)

"""Where each rule and limit comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A page or a file that states a rule."""

    title: str
    url: str


_CALICO = "https://docs.tigera.io/calico/latest"

SOURCES: dict[str, Source] = {
    "ippool": Source("Calico, IP pool resource", f"{_CALICO}/reference/resources/ippool"),
    "ipamconfig": Source("Calico, IPAM configuration resource", f"{_CALICO}/reference/resources/ipamconfig"),
    "ipreservation": Source("Calico, IP reservation resource", f"{_CALICO}/reference/resources/ipreservation"),
    "ippool-rules": Source(
        "Calico source, the IPPool's rules in its CRD",
        "https://github.com/projectcalico/calico/blob/master/api/pkg/apis/projectcalico/v3/ippool.go",
    ),
    "calico-source": Source("Calico, source", "https://github.com/projectcalico/calico"),
    "loadbalancer": Source("Calico, LoadBalancer IPAM", f"{_CALICO}/networking/ipam/service-loadbalancer"),
    "calicoctl": Source("calicoctl, user reference", f"{_CALICO}/reference/calicoctl/overview"),
    "configure": Source("calicoctl ipam configure", f"{_CALICO}/reference/calicoctl/ipam/configure"),
    "blocks": Source("Calico, IP address management", f"{_CALICO}/networking/ipam/get-started-ip-addresses"),
    "block-size": Source("Calico, change IP pool block size", f"{_CALICO}/networking/ipam/change-block-size"),
    "encapsulation": Source("Calico, overlay networking", f"{_CALICO}/networking/configuring/vxlan-ipip"),
    "operator": Source("Tigera operator, installation reference", f"{_CALICO}/reference/installation/api"),
    "kubespray": Source(
        "Kubespray, Calico",
        "https://github.com/kubernetes-sigs/kubespray/blob/master/docs/CNI/calico.md",
    ),
    "kubekey": Source(
        "KubeKey, cluster configuration",
        "https://github.com/kubesphere/kubekey/blob/master/docs/config-example.md",
    ),
    "special-ranges": Source(
        "IANA, special-purpose address registry",
        "https://www.iana.org/assignments/iana-ipv4-special-registry/",
    ),
    "special-ranges-ipv6": Source(
        "IANA, IPv6 special-purpose address registry",
        "https://www.iana.org/assignments/iana-ipv6-special-registry/",
    ),
    "node-ranges": Source(
        "Kubernetes, kube-controller-manager (--node-cidr-mask-size)",
        "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/",
    ),
    "ipam-check": Source("calicoctl ipam check", f"{_CALICO}/reference/calicoctl/ipam/check"),
    "controllers": Source(
        "Calico, Kubernetes controllers configuration", f"{_CALICO}/reference/resources/kubecontrollersconfig"
    ),
    "metrics": Source("Calico, kube-controllers metrics", f"{_CALICO}/reference/kube-controllers/prometheus"),
    "prometheus": Source("Prometheus, HTTP API", "https://prometheus.io/docs/prometheus/latest/querying/api/"),
    "forecast": Source("ippoolkit, how forecasts are made", "docs/forecast.md"),
    "dask": Source("Dask, schedulers", "https://docs.dask.org/en/stable/deploying.html"),
    "rbac": Source("Kubernetes, RBAC", "https://kubernetes.io/docs/reference/access-authn-authz/rbac/"),
    "migrate": Source("Calico, migrate to a different IP pool", f"{_CALICO}/networking/ipam/migrate-pools"),
    "operator-pools": Source(
        "Tigera operator, reconciling of pools",
        "https://github.com/tigera/operator/blob/master/pkg/controller/ippool/pool_controller.go",
    ),
    "cni": Source("Calico, CNI configuration and annotations", f"{_CALICO}/reference/configure-cni-plugins"),
    "windows-tunnel": Source(
        "Calico source, the CNI plugin on Windows",
        "https://github.com/projectcalico/calico/tree/master/cni-plugin/pkg/dataplane/windows",
    ),
    "windows": Source(
        "Calico for Windows, limitations", f"{_CALICO}/getting-started/kubernetes/windows-calico/limitations"
    ),
    "ipam": Source(
        "Calico source, libcalico-go/lib/ipam",
        "https://github.com/projectcalico/calico/blob/master/libcalico-go/lib/ipam/ipam.go",
    ),
    "kubelet": Source(
        "Kubernetes, kubelet configuration (maxPods)",
        "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/",
    ),
    "rolling-update": Source(
        "Kubernetes, Deployments (maxSurge)",
        "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge",
    ),
    "names": Source(
        "Kubernetes, object names", "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"
    ),
    "labels": Source(
        "Kubernetes, labels and annotations",
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/",
    ),
    "pruning": Source(
        "Kubernetes, custom resources: field pruning",
        "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning",
    ),
    "yaml": Source("YAML 1.1", "https://yaml.org/spec/1.1/"),
    "json": Source("JSON, RFC 8259", "https://www.rfc-editor.org/rfc/rfc8259"),
    "cidr": Source("CIDR notation, RFC 4632", "https://www.rfc-editor.org/rfc/rfc4632"),
    "bgp": Source("Calico, configure BGP peering", f"{_CALICO}/networking/configuring/bgp"),
    "fabric": Source("Calico over IP fabrics", f"{_CALICO}/reference/architecture/design/l3-interconnect-fabric"),
    "routes": Source("Calico, determine best networking option", f"{_CALICO}/networking/determine-best-networking"),
    "scenario": Source("ippoolkit, the scenario file", "docs/scenario.md"),
    "kit": Source("ippoolkit, what it reads", "README.md"),
}

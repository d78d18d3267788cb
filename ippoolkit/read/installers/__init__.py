"""What installers are given, to a scenario: Kubespray, the Tigera operator, kubeadm, calico-node's environment."""

from .installer_files import read_installer

__all__ = ["read_installer"]

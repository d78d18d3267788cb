"""What depends on Calico: its limits, the kinds it stores, the rules on IP pools, its selector language."""

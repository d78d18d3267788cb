"""The checks of an audit: one function each, in the order in which their findings matter to people."""

from .context import AuditContext
from .registry import CHECKS, AuditCheck

__all__ = ["CHECKS", "AuditCheck", "AuditContext"]

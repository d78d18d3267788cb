"""The fields of the planner's form that edit a pool."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..calico.encapsulation import ENCAPSULATIONS
from ..calico.limits import allowed_block_sizes
from ..calico.selectors import parse_selector
from ..cidr import Cidr
from ..errors import InputError
from ..findings import N_, Finding, Language
from .cidr_lists import join_cidrs, split_cidrs
from .editor_state import EditorState
from .form_fields import Field, FieldState, FormSection

PREFIX_RANGES = {4: (8, 32), 6: (32, 128)}


def _pool_state(editor: EditorState, _: Language) -> FieldState:
    # Calico tries pools in the order of their names, so that is the order to show.
    names = sorted(pool.name for pool in editor.scenario.cluster.pools)
    return {"value": editor.pool.name if editor.pool else "", "options": names, "hidden": len(names) < 2}


def _pool_value(field: str) -> Callable[[EditorState, Language], FieldState]:
    def get_state(editor: EditorState, _: Language) -> FieldState:
        return {"hidden": True, "value": ""} if editor.pool is None else {"value": getattr(editor.pool, field)}

    return get_state


def _cidr_state(editor: EditorState, language: Language) -> FieldState:
    if editor.pool is None:
        return {"hidden": True, "value": ""}
    address_count = language.render(N_("{n:address}"), {"n": editor.pool.cidr.size})
    return {"value": str(editor.pool.cidr), "text": address_count}


def _prefix_state(editor: EditorState, _: Language) -> FieldState:
    if editor.pool is None:
        return {"hidden": True, "value": 0}
    low, high = PREFIX_RANGES[editor.pool.version]
    prefix = editor.pool.cidr.prefix
    return {"value": prefix, "min": min(low, prefix), "max": high, "text": f"/{prefix}"}


def _block_size_state(editor: EditorState, language: Language) -> FieldState:
    pool = editor.pool
    if pool is None:
        return {"hidden": True, "value": 0}
    sizes = allowed_block_sizes(pool.version, pool.cidr.prefix)
    size_text = language.render(
        N_("/{size} · {addresses:address}"), {"size": pool.block_size, "addresses": pool.addresses_per_block}
    )
    hint = language.render(
        N_("{blocks:block}. Cannot be changed later without recreating pods."), {"blocks": pool.block_count}
    )
    return {"value": pool.block_size, "min": sizes.start, "max": sizes.stop - 1, "text": size_text, "hint": hint}


def _encapsulation_state(editor: EditorState, language: Language) -> FieldState:
    if editor.pool is None:
        return {"hidden": True, "value": "", "options": []}
    names = [name for name in ENCAPSULATIONS if editor.pool.version == 4 or "IPIP" not in name]
    has_tunnel = int(editor.pool.encapsulation != "None")
    hint = language.translate(
        N_("1 tunnel address of the pool on every node") if has_tunnel else N_("no tunnel address")
    )
    return {"value": editor.pool.encapsulation, "options": names, "hint": hint}


def _set_encapsulation(editor: EditorState, value: str) -> EditorState:
    ipip, vxlan = ENCAPSULATIONS[value]
    return editor.with_pool(ipip_mode=ipip, vxlan_mode=vxlan)


def _set_selector(editor: EditorState, value: str) -> EditorState:
    parse_selector(value.strip())  # one that is no selector would select nothing
    return editor.with_pool(node_selector=value.strip())


def _rename_pool(editor: EditorState, value: str) -> EditorState:
    name = value.strip()
    if any(pool.name == name and pool is not editor.pool for pool in editor.scenario.cluster.pools):
        raise InputError([Finding("pool-name-taken", f"IPPool/{name}", {"name": name})])
    return editor.with_pool(name=name)


def _reserved_state(editor: EditorState, _: Language) -> FieldState:
    return {
        "value": join_cidrs(
            cidr for reservation in editor.scenario.cluster.reservations for cidr in reservation.reserved_cidrs
        )
    }


def _text(
    name: str, label: str, attribute: str, edit: Callable[[EditorState, str], EditorState], help_text: str
) -> Field[EditorState]:
    """Return the text field of an attribute of the pool shown."""
    return Field(name, label, "text", _pool_value(attribute), edit, help_text, "ippool")


def _check(name: str, label: str, attribute: str, help_text: str) -> Field[EditorState]:
    """Return the check box of an attribute of the pool shown."""

    def edit(editor: EditorState, value: object) -> EditorState:
        return editor.with_pool(**{attribute: value})

    return Field(name, label, "check", _pool_value(attribute), edit, help_text, "ippool")


POOL_SECTION = FormSection(
    N_("Pool"),
    (
        Field(
            "pool",
            N_("Pool shown"),
            "select",
            _pool_state,
            lambda editor, value: replace(editor, pool_name=value),
            N_("Nodes use every pool that selects them; pools are tried in order of their names."),
            "ippool",
        ),
        Field(
            "cidr",
            "CIDR",
            "text",
            _cidr_state,
            lambda editor, value: editor.with_cidr(Cidr.parse(value.strip())),
            N_("The range the pool assigns from. Every address is usable, including the first and the last."),
            "ippool",
        ),
        Field(
            "prefix",
            N_("Prefix"),
            "slider",
            _prefix_state,
            lambda editor, value: editor.with_cidr(editor.pool.cidr.with_prefix(value)) if editor.pool else editor,
            N_("One step to the left doubles the range."),
            "ippool",
        ),
        Field(
            "blocksize",
            "blockSize",
            "slider",
            _block_size_state,
            lambda editor, value: editor.with_pool(block_size=value),
            N_(
                "Nodes claim addresses in blocks of this size: 20 to 32 for IPv4, 116 to 128 for IPv6, "
                "never shorter than the pool's prefix."
            ),
            "blocks",
        ),
        Field(
            "encapsulation",
            N_("Encapsulation"),
            "select",
            _encapsulation_state,
            _set_encapsulation,
            N_("IPIP and VXLAN take one address of the pool on every node for the tunnel."),
            "encapsulation",
        ),
        Field(
            "first-pool",
            N_("Add a pool"),
            "button",
            lambda editor, _: {"hidden": bool(editor.scenario.cluster.pools)},
            lambda editor, _: editor.add_pool(),
        ),
    ),
)
POOL_DETAILS_SECTION = FormSection(
    N_("More on this pool"),
    (
        _text("name", N_("Name"), "name", _rename_pool, N_("Pools are tried in order of their names.")),
        _text(
            "selector",
            "nodeSelector",
            "node_selector",
            _set_selector,
            N_("Which nodes use the pool, by label: all(), rack == 'a', has(gpu)."),
        ),
        _check("disabled", "disabled", "disabled", N_("A disabled pool assigns no new addresses.")),
        _check("nat", "natOutgoing", "nat_outgoing", N_("Whether traffic leaving the pools is masqueraded.")),
        Field(
            "reserved",
            N_("Reserved ranges"),
            "text",
            _reserved_state,
            lambda editor, value: editor.with_reserved(split_cidrs(value, Cidr.parse_ignoring_host_bits)),
            N_("Addresses that Calico never assigns (IPReservation), separated by commas."),
            "ipreservation",
        ),
        Field("add-pool", N_("Add a pool"), "button", lambda *_: {}, lambda editor, _: editor.add_pool()),
        Field(
            "remove-pool",
            N_("Remove this pool"),
            "button",
            lambda editor, _: {"hidden": len(editor.scenario.cluster.pools) < 2},
            lambda editor, _: editor.remove_pool(),
        ),
    ),
    is_folded=True,
)

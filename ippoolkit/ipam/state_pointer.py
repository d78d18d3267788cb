"""How compiled code takes a `State`: as one pointer to a table of where its arrays lie.

numba would pass a tuple of arrays as some 170 numbers, at every call. Such calls take long to compile, and are slow
unless the function is compiled into its caller. The table has, for each array, the address of its data and its lengths.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, models, register_model, typeof_impl, unbox
from numba.np import arrayobj
from numba.np.numpy_support import from_dtype

from .layout import State, empty_state

_WORD = ir.IntType(64)
_MAX_DIMENSIONS = 3
_ROW = 1 + _MAX_DIMENSIONS  # words of the table for one array: its address, its lengths
# Where numba's reader of arrays writes the address and then the lengths, behind two references and two sizes.
_DATA_WORD = 4
_HEADER_WORDS = _DATA_WORD + 1 + 2 * _MAX_DIMENSIONS

_ARRAYS = empty_state()._asdict()
ARRAY_TYPES = {name: types.Array(from_dtype(array.dtype), array.ndim, "C") for name, array in _ARRAYS.items()}
# The length of a row never changes, and as a constant makes faster code; `first_owned` has a row for each family.
ROW_LENGTHS = {name: array.shape[-1] for name, array in _ARRAYS.items() if array.ndim > 1 and name != "first_owned"}
_POSITIONS = {name: position for position, name in enumerate(_ARRAYS)}


class StateType(types.Type):
    """The type of a state in compiled code."""

    def __init__(self) -> None:
        super().__init__("ippoolkit.State")


_STATE = StateType()


@register_model(StateType)
class _StateModel(models.PrimitiveModel):
    """A pointer to the table."""

    def __init__(self, manager: Any, state_type: Any) -> None:
        super().__init__(manager, state_type, ir.PointerType(_WORD))


@typeof_impl.register(State)
def _typeof(_state: State, _context: Any) -> StateType:
    return _STATE


@infer_getattr
class _Attributes(AttributeTemplate):
    key = StateType

    def generic_resolve(self, value: Any, attr: str) -> Any:  # type: ignore[override]  # noqa: ARG002 (numba calls it so)
        return ARRAY_TYPES.get(attr)


@lower_getattr_generic(StateType)
def _array_of(context: Any, builder: Any, _state_type: Any, table: Any, name: str) -> Any:
    """Return an array of the state, as numba represents it."""
    array_type = ARRAY_TYPES[name]
    first_word = _ROW * _POSITIONS[name]
    lengths = [_read_word(builder, table, first_word + 1 + axis) for axis in range(array_type.ndim)]
    if name in ROW_LENGTHS:
        lengths[-1] = ir.Constant(_WORD, ROW_LENGTHS[name])
    item_size = ir.Constant(_WORD, context.get_abi_sizeof(context.get_data_type(array_type.dtype)))
    strides = [item_size]
    for length in reversed(lengths[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    array = arrayobj.make_array(array_type)(context, builder)
    data = builder.inttoptr(_read_word(builder, table, first_word), array.data.type)
    arrayobj.populate_array(array, data, lengths, strides, item_size, None)
    return array._getvalue()


def _read_word(builder: Any, table: Any, position: int) -> Any:
    word = builder.load(cgutils.gep_inbounds(builder, table, position))
    # No compiled function writes to the table: it need not be read again after every write to an array.
    word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word


@unbox(StateType)
def _table_of(_state_type: Any, state: Any, c: Any) -> NativeValue:
    """Write the table for a state that Python hands over; the function called is not compiled into this."""
    builder = c.builder
    table = cgutils.alloca_once(builder, _WORD, size=_ROW * len(_ARRAYS))
    header = cgutils.alloca_once(builder, _WORD, size=_HEADER_WORDS)
    has_failed = cgutils.alloca_once_value(builder, cgutils.false_bit)
    get_item = c.pyapi._get_function(
        ir.FunctionType(c.pyapi.pyobj, [c.pyapi.pyobj, c.pyapi.py_ssize_t]), name="PyTuple_GetItem"
    )
    with cgutils.for_range(builder, ir.Constant(_WORD, len(_ARRAYS))) as loop:
        array = builder.call(get_item, [state, loop.index])
        status = c.pyapi.numba_array_adaptor(array, builder.bitcast(header, c.pyapi.voidptr))
        builder.store(builder.or_(builder.load(has_failed), cgutils.is_not_null(builder, status)), has_failed)
        first_word = builder.mul(loop.index, ir.Constant(_WORD, _ROW))
        for offset in range(_ROW):
            word = builder.load(cgutils.gep_inbounds(builder, header, _DATA_WORD + offset))
            position = builder.add(first_word, ir.Constant(_WORD, offset))
            builder.store(word, cgutils.gep_inbounds(builder, table, position))
    return NativeValue(table, is_error=builder.load(has_failed))

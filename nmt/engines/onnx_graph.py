"""Writes ONNX graphs: the part of the format that our engine needs, in protocol-buffer bytes.

The `onnx` package would do it too, but takes longer to import than all that is left of the start-up time. Large
constants stay where they are, beside the graph: to copy them into it would take as much time and memory again.
Field numbers are those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import count
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Attribute: TypeAlias = "int | Sequence[int] | str | Graph"

_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int64": 7}
_CONTRIB = {"MatMulIntegerToFloat"}  # operators of onnxruntime's own
_IR_VERSION, _OPSET = 10, 21
_LARGE = 1024  # bytes


class Program(NamedTuple):
    """A graph, and its large constants by name."""

    graph: bytes
    weights: Mapping[str, NDArray[np.generic]]


class Graph:
    """A graph under construction; values are known by name, as in ONNX."""

    def __init__(self, prefix: str = "v") -> None:
        self._prefix = prefix  # a body's names must differ from those around it
        self._numbers = count()
        self._nodes: list[tuple[str, Sequence[str], Sequence[str], dict[str, Attribute]]] = []
        self._given_out: dict[str, str] = {}  # values that are outputs, and their names as such
        self._constants: dict[str, NDArray[np.generic]] = {}
        self._inputs: list[bytes] = []
        self._outputs: list[bytes] = []

    def input(self, name: str, dtype: str, rank: int) -> str:
        """A value that is fed."""
        self._inputs.append(_value_info(name, dtype, rank))
        return name

    def output(self, value: str, name: str, dtype: str, rank: int) -> str:
        """Give a value out under a name."""
        if self._given_out.setdefault(value, name) != name:
            self._given_out[self.op("Identity", value)] = name
        self._outputs.append(_value_info(name, dtype, rank))
        return name

    def constant(self, array: NDArray[np.generic] | Sequence[int] | float | int) -> str:
        """A value that never changes; bare numbers are int64 if whole, else float32."""
        if not isinstance(array, np.ndarray | np.generic):
            array = np.asarray(array, dtype=np.float32 if isinstance(array, float) else np.int64)
        name = f"{self._prefix}c{len(self._constants)}"
        self._constants[name] = np.asarray(array)
        return name

    def op(self, kind: str, *inputs: str, **attributes: Attribute) -> str:
        """Apply an operator with one output."""
        [output] = self.ops(kind, *inputs, outputs=1, **attributes)
        return output

    def ops(self, kind: str, *inputs: str, outputs: int, **attributes: Attribute) -> list[str]:
        """Apply an operator with several outputs; an input called "" is left out."""
        names = [f"{self._prefix}{next(self._numbers)}" for _ in range(outputs)]
        self._nodes.append((kind, inputs, names, attributes))
        return names

    def program(self) -> Program:
        """The graph as a model that onnxruntime can load."""
        large = {name: array for name, array in self._constants.items() if array.nbytes >= _LARGE}
        opsets = [_field(1, domain) + _number(2, version) for domain, version in ((b"", _OPSET), (b"com.microsoft", 1))]
        graph = _number(1, _IR_VERSION) + _field(7, self.body(large)) + b"".join(_field(8, opset) for opset in opsets)
        return Program(graph, {name: np.ascontiguousarray(array) for name, array in large.items()})

    def body(self, elsewhere: Collection[str] = ()) -> bytes:
        """The graph alone, as it stands in a model or in an operator that runs it; some constants are elsewhere."""

        def renamed(names: Sequence[str]) -> list[str]:
            return [self._given_out.get(name, name) for name in names]

        parts = [
            _field(1, _node(kind, renamed(inputs), renamed(outputs), attributes))
            for kind, inputs, outputs, attributes in self._nodes
        ]
        parts.append(_field(2, b"graph"))
        for name, array in self._constants.items():
            parts.append(_field(5, _tensor(name, array, elsewhere=name in elsewhere)))
        parts += [_field(11, info) for info in self._inputs] + [_field(12, info) for info in self._outputs]
        return b"".join(parts)


def _node(kind: str, inputs: Sequence[str], outputs: Sequence[str], attributes: dict[str, Attribute]) -> bytes:
    parts = [_field(1, name.encode()) for name in inputs] + [_field(2, name.encode()) for name in outputs]
    parts.append(_field(4, kind.encode()))
    parts += [_field(5, _attribute(name, value)) for name, value in attributes.items()]
    if kind in _CONTRIB:
        parts.append(_field(7, b"com.microsoft"))
    return b"".join(parts)


def _attribute(name: str, value: Attribute) -> bytes:
    head = _field(1, name.encode())
    if isinstance(value, Graph):
        return head + _field(6, value.body()) + _number(20, 5)
    if isinstance(value, int):
        return head + _number(3, value) + _number(20, 2)
    if isinstance(value, str):
        return head + _field(4, value.encode()) + _number(20, 3)
    return head + b"".join(_number(8, item) for item in value) + _number(20, 7)


def _tensor(name: str, array: NDArray[np.generic], *, elsewhere: bool) -> bytes:
    dims = b"".join(_number(1, size) for size in array.shape)
    head = dims + _number(2, _TYPES[array.dtype.name]) + _field(8, name.encode())
    if not elsewhere:
        return head + _field(9, array.tobytes())
    place = {b"location": b"memory", b"offset": b"0", b"length": str(array.nbytes).encode()}
    return (
        head + b"".join(_field(13, _field(1, key) + _field(2, value)) for key, value in place.items()) + _number(14, 1)
    )


def _value_info(name: str, dtype: str, rank: int) -> bytes:
    shape = b"".join(_field(1, b"") for _ in range(rank))  # sizes are free
    tensor_type = _number(1, _TYPES[dtype]) + _field(2, shape)
    return _field(1, name.encode()) + _field(2, _field(1, tensor_type))


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value & (1 << 64) - 1)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)

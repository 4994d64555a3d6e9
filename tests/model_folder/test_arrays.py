import numpy as np
import pytest
import safetensors.torch
import torch

from nmt.errors import ModelError
from nmt.model_folder import tensors
from nmt.model_folder.arrays import from_bytes, to_bytes

NAME, REMEDY = "weights.safetensors", "make it again"
SCHEMA = {"a": ("float32", (2,)), "i": ("int8", (1, 2))}
FITTING = {"a": np.array([1, 0.5], np.float32), "i": np.array([[1, -128]], np.int8)}


def test_the_bytes_are_those_that_torch_writes_and_depend_on_names_and_values_alone():
    expected = tensors.to_bytes({name: torch.from_numpy(array) for name, array in FITTING.items()})
    assert to_bytes(FITTING) == expected
    assert to_bytes({"i": np.asfortranarray(FITTING["i"]), "a": np.array([1, 9, 0.5, 9], np.float32)[::2]}) == expected


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_what_fits_is_returned_and_half_precision_becomes_full(kind):
    found = from_bytes(to_bytes({**FITTING, "a": FITTING["a"].astype(kind)}), SCHEMA, NAME, REMEDY)
    assert found["a"].dtype == np.float32
    assert (found["a"].tolist(), found["i"].tolist()) == ([1, 0.5], [[1, -128]])


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"a": None}, "lacks 'a'"),
        ({"b": np.ones(1)}, "has 'b'"),
        ({"\x1b[31m": np.ones(1)}, r"has '\\x1b\[31m'"),
        ({"a": np.ones(3, np.float32)}, r"a is \[3\] float32, but its description asks for \[2\] float32"),
        ({"a": np.ones((2, 1), np.float32)}, r"a is \[2, 1\]"),
        ({"a": np.ones(2)}, r"a is \[2\] float64"),
        ({"i": np.ones((1, 2), np.float32)}, r"i is \[1, 2\] float32, but its description asks for \[1, 2\] int8"),
        ({"a": np.array([1, np.nan], np.float32)}, "a has values that are not finite"),
        ({"a": np.array([1, -np.inf], np.float16)}, "a has values that are not finite"),
    ],
)
def test_what_does_not_fit_is_refused(changes, complaint):
    arrays = {name: array for name, array in {**FITTING, **changes}.items() if array is not None}
    with pytest.raises(ModelError, match=f"^{NAME}: {complaint}.*; {REMEDY}$"):
        from_bytes(to_bytes(arrays), SCHEMA, NAME, REMEDY)


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff" * 8 + b"{}", b"no arrays", safetensors.torch.save({"a": torch.ones(2, dtype=torch.bfloat16)})],
    ids=["empty", "a huge header", "text", "a type that numpy lacks"],
)
def test_what_is_no_safetensors_file_of_arrays_is_refused_in_one_line(data):
    with pytest.raises(ModelError, match=f"^{NAME}: .*; {REMEDY}$") as refused:
        from_bytes(data, SCHEMA, NAME, REMEDY)
    assert "\n" not in str(refused.value)

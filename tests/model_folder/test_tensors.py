import pytest
import torch

from nmt.errors import ModelError
from nmt.model_folder.tensors import parse, to_bytes

NAME = "translator.safetensors"


def same_bits(one, other):
    """Equal in type, shape and every bit: torch.equal holds no NaN equal to itself, and -0.0 equal to 0.0."""
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    return (
        one.contiguous().view(-1).view(torch.uint8).tolist() == other.contiguous().view(-1).view(torch.uint8).tolist()
    )


@pytest.mark.parametrize(
    "dtype",
    ["uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64", "complex64", "bool"],
)
def test_every_type_comes_back_to_the_last_bit(dtype):
    dtype = getattr(torch, dtype)
    generator = torch.Generator().manual_seed(1)
    bits = torch.randint(0, 64, (64,), dtype=torch.uint8, generator=generator)  # denormals among them, all finite
    tensor = bits > 31 if dtype == torch.bool else bits.view(dtype)
    tensors = {"a": tensor, "empty": tensor[:0].reshape(0, 3), "scalar": tensor[0].clone(), "grid": tensor.view(2, -1)}
    restored = parse(to_bytes(tensors), NAME)
    assert restored.keys() == tensors.keys()
    assert all(same_bits(tensors[name], restored[name]) for name in tensors)


def test_the_bytes_depend_on_names_and_values_alone():
    a, b = torch.arange(6.0).reshape(2, 3), torch.ones(2)
    expected = to_bytes({"a": a, "b": b})
    assert to_bytes({"b": b, "a": a}) == expected
    transposed = a.t().contiguous().t()  # the same values, otherwise in memory
    assert not transposed.is_contiguous()
    assert to_bytes({"a": transposed, "b": b.requires_grad_()}) == expected
    assert to_bytes({"a": a + 1, "b": b}) != expected


def test_tensors_that_share_memory_are_saved_apart():
    flat = torch.arange(4.0)
    restored = parse(to_bytes({"whole": flat, "head": flat[:2], "tied": flat}), NAME)
    assert restored["head"].tolist() == [0.0, 1.0]
    assert restored["tied"].tolist() == restored["whole"].tolist() == [0.0, 1.0, 2.0, 3.0]


HEADER = b'{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}'


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 8, b"\xff" * 8 + b"{}", b"not tensors", len(HEADER).to_bytes(8, "little") + HEADER + b"\0"],
    ids=["empty", "no header", "a huge header", "text", "a type that torch lacks"],
)
def test_what_is_no_safetensors_file_is_refused_in_one_line(data):
    with pytest.raises(ModelError, match=f"^{NAME}: not a safetensors file") as refused:
        parse(data, NAME)
    assert "\n" not in str(refused.value)


def test_every_truncation_is_refused():
    data = to_bytes({"a": torch.ones(3), "b": torch.ones(2, dtype=torch.int8)})
    for size in range(len(data)):
        with pytest.raises(ModelError):
            parse(data[:size], NAME)

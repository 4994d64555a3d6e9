import random

import pytest
import torch

from nmt.errors import ModelError
from nmt.model_folder.store import save
from nmt.training.checkpoint import load_checkpoint, save_checkpoint
from nmt.training.optimizer import load_optimizer_state_dict, make_optimizer, optimizer_state_dict


def test_there_is_none_before_the_first(tmp_path):
    assert load_checkpoint(tmp_path) is None
    (tmp_path / "checkpoint").mkdir()  # as a kill in the middle of the first save leaves it
    (tmp_path / "checkpoint" / "state-0123456789abcdef.json").touch()
    assert load_checkpoint(tmp_path) is None


def test_tensors_and_numbers_come_back_to_the_last_bit(tmp_path):
    generator = random.Random(1)
    numbers = [generator.uniform(-1, 1) * 10 ** generator.randint(-300, 300) for _ in range(1000)]
    state = {
        "numbers": [*numbers, 0.1, -0.0, 5e-324, 2**63],
        "text": "größe\u2028\0",
        "nothing": None,
        "more": {"x": [True]},
    }
    tensors = {"random": torch.get_rng_state(), "weights": torch.rand(5, 3), "half": torch.rand(5).bfloat16()}
    save_checkpoint(tmp_path, tensors, state)
    loaded = load_checkpoint(tmp_path)
    assert loaded is not None
    restored, numbers_restored = loaded
    assert repr(numbers_restored) == repr(state)  # repr tells -0.0 from 0.0
    assert restored.keys() == tensors.keys()
    assert all(torch.equal(restored[name], tensors[name]) for name in tensors)
    assert all(restored[name].dtype == tensors[name].dtype for name in tensors)


def test_the_last_one_counts_and_nothing_else_stays(tmp_path):
    for update in range(3):
        save_checkpoint(tmp_path, {"weight": torch.full((2,), float(update))}, {"update": update})
    loaded = load_checkpoint(tmp_path)
    assert loaded is not None
    assert loaded[0]["weight"].tolist() == [2.0, 2.0]
    assert loaded[1] == {"update": 2}
    assert len(list((tmp_path / "checkpoint").iterdir())) == 3


@pytest.mark.parametrize(
    "parts",
    [
        {"config.json": b"{}"},
        {"tensors.safetensors": b"", "state.json": b"{}"},
        {"tensors.safetensors": (2).to_bytes(8, "little") + b"{}", "state.json": b"{"},
        {"tensors.safetensors": (2).to_bytes(8, "little") + b"{}", "state.json": b"[]"},
        {"tensors.safetensors": (2).to_bytes(8, "little") + b"{}", "state.json": b"[" * 100_000},
    ],
    ids=["another folder", "no tensors", "no JSON", "a list", "brackets"],
)
def test_what_is_no_checkpoint_is_refused(tmp_path, parts):
    save(tmp_path / "checkpoint", parts)
    with pytest.raises(ModelError, match="checkpoint") as refused:
        load_checkpoint(tmp_path)
    assert "\n" not in str(refused.value)


def step(model, optimizer, count, first=0):
    for number in range(first, first + count):
        inputs = torch.randn(4, 6, generator=torch.Generator().manual_seed(number))
        optimizer.zero_grad()
        model(inputs).square().sum().backward()
        for group in optimizer.param_groups:
            group["lr"] = 0.01 / (1 + number)
        optimizer.step()


@pytest.mark.parametrize("before", [0, 1, 5])
@pytest.mark.parametrize("kind", ["adamw", "adam", "rmsprop", "sgd"])
def test_an_optimizer_goes_on_from_a_checkpoint_as_if_nothing_had_been(tmp_path, kind, before):
    def start():
        torch.manual_seed(1)
        model = torch.nn.Sequential(torch.nn.Linear(6, 5), torch.nn.LayerNorm(5), torch.nn.Linear(5, 2))
        return model, make_optimizer(kind, model, weight_decay=0.01)

    undisturbed, optimizer = start()
    step(undisturbed, optimizer, before + 7)

    stopped, optimizer = start()
    step(stopped, optimizer, before)
    save_checkpoint(tmp_path, {**stopped.state_dict(), **optimizer_state_dict(optimizer)}, {})
    resumed, optimizer = start()
    loaded = load_checkpoint(tmp_path)
    assert loaded is not None
    resumed.load_state_dict({name: loaded[0][name] for name in resumed.state_dict()})
    load_optimizer_state_dict(optimizer, loaded[0])
    step(resumed, optimizer, 7, first=before)

    assert all(torch.equal(a, b) for a, b in zip(undisturbed.parameters(), resumed.parameters(), strict=True))

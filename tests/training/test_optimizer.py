import pytest
import torch

from nmt.training.optimizer import (
    learning_rate,
    load_optimizer_state_dict,
    make_optimizer,
    optimizer_state_dict,
    update_average,
)


def test_schedules_rise_to_the_peak_and_fall_as_their_names_say():
    def rates(schedule, updates):
        return [learning_rate(update, 1.0, schedule, warmup=4, total=12) for update in updates]

    assert rates("cosine", [1, 4, 8, 12]) == pytest.approx([0.25, 1.0, 0.5, 0.0])
    assert rates("inverse_sqrt", [2, 4, 16]) == pytest.approx([0.5, 1.0, 0.5])
    assert rates("constant", [2, 4, 12]) == pytest.approx([0.5, 1.0, 1.0])


def test_no_warmup_starts_at_the_peak():
    assert learning_rate(1, 1.0, "inverse_sqrt", warmup=0, total=10) == 1.0


@pytest.mark.parametrize("kind", ["adamw", "adam", "rmsprop", "sgd"])
def test_an_optimizer_goes_on_from_its_state_dict_to_the_last_bit(kind):
    def steps(model, optimizer, count):
        for _ in range(count):
            model(torch.ones(2, 3)).square().sum().backward()
            optimizer.step()
            optimizer.zero_grad()

    torch.manual_seed(1)
    first = torch.nn.Linear(3, 2)
    optimizer = make_optimizer(kind, first, weight_decay=0.1)
    steps(first, optimizer, 3)
    second = torch.nn.Linear(3, 2)
    second.load_state_dict(first.state_dict())
    resumed = make_optimizer(kind, second, weight_decay=0.1)
    load_optimizer_state_dict(
        resumed, {name: tensor.clone() for name, tensor in optimizer_state_dict(optimizer).items()}
    )
    steps(first, optimizer, 2)
    steps(second, resumed, 2)
    assert torch.equal(first.weight, second.weight)


def test_the_average_moves_by_one_minus_decay():
    model = torch.nn.Linear(1, 1, bias=False)
    model.weight.data.fill_(3.0)
    average = {"weight": torch.ones(1, 1)}
    update_average(average, model, decay=0.75, update=1000)
    assert average["weight"].item() == 1.5

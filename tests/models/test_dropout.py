import torch

from nmt.models.dropout import dropout


def test_the_share_of_zeros_is_the_rate_and_the_mean_stays():
    torch.manual_seed(1)
    x = dropout(torch.ones(1000, 1000), 0.3, training=True)
    assert abs((x == 0).float().mean() - 0.3) < 0.005
    assert abs(x.mean() - 1) < 0.005
    assert len(x.unique()) == 2


def test_nothing_is_dropped_outside_training_or_at_rate_zero():
    x = torch.randn(5)
    assert dropout(x, 0.5, training=False) is x
    assert dropout(x, 0.0, training=True) is x


def test_a_mask_of_another_shape_drops_whole_rows():
    torch.manual_seed(1)
    x = dropout(torch.ones(200, 3), 0.5, training=True, shape=(200, 1))
    assert all(len(row.unique()) == 1 for row in x)
    assert 50 < (x[:, 0] == 0).sum() < 150


def test_the_seed_decides_the_mask():
    def draw(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        return dropout(torch.ones(64), 0.5, training=True)

    assert torch.equal(draw(1), draw(1))
    assert not torch.equal(draw(1), draw(2))

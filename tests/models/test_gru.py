import torch

from nmt.models.gru import gru


def test_outputs_and_gradients_equal_torch_own_layer():
    torch.manual_seed(1)
    layer = torch.nn.GRU(5, 7, batch_first=True).double()
    inputs = torch.randn(3, 6, 5, dtype=torch.double, requires_grad=True)
    state = torch.randn(3, 7, dtype=torch.double, requires_grad=True)
    expected, _ = layer(inputs, state[None])
    outputs = gru(inputs, state, *layer.all_weights[0])
    torch.testing.assert_close(outputs, expected, atol=1e-12, rtol=0)

    weights = torch.randn_like(expected)
    leaves = [inputs, state, *layer.parameters()]
    ours = torch.autograd.grad((outputs * weights).sum(), leaves)
    theirs = torch.autograd.grad((expected * weights).sum(), leaves)
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, atol=1e-12, rtol=0)


def test_autocast_decides_the_type_and_stays_close():
    torch.manual_seed(1)
    layer = torch.nn.GRU(16, 16, batch_first=True)
    inputs, state = torch.randn(4, 9, 16), torch.zeros(4, 16)
    with torch.autocast("cpu", torch.bfloat16):
        rough = gru(inputs, state, *layer.all_weights[0])
    assert rough.dtype == torch.bfloat16
    torch.testing.assert_close(rough.float(), layer(inputs)[0], atol=0.03, rtol=0)

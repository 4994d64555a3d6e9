from nmt.benchmark.rates import spread


def test_the_spread_of_a_few_measurements():
    found = spread([5.0, 1.0, 4.0, 2.0, 3.0])
    assert (found.median, found.low, found.high) == (3.0, 2.0, 4.0)
    assert spread([7.0]).median == 7.0

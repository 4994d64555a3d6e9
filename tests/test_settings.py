import math
from dataclasses import dataclass
from typing import Literal

import pytest

from nmt.errors import ConfigError
from nmt.settings import FRACTION, above, at_least, between, checked, setting


@dataclass(frozen=True, kw_only=True)
@checked("oven")
class Oven:
    """An example."""

    minutes: int = setting(20, "time to bake", at_least(1))
    degrees: float = setting(180.0, "heat", between(50, 250))
    weight: float = setting(1.0, "of the dough", above(0))
    salt: float = setting(0.0, "share of the dough", FRACTION)
    heat: Literal["top", "bottom"] = setting("top", "where it comes from")

    def __post_init__(self) -> None:
        if self.minutes * self.degrees > 20_000:
            raise ConfigError("oven.minutes is too long for such heat", key="oven.minutes")


@pytest.mark.parametrize(
    "values",
    [{"minutes": 1}, {"degrees": 50}, {"degrees": 250.0}, {"weight": 1e-9}, {"salt": 0}, {"heat": "bottom"}],
)
def test_a_value_at_its_limit_is_taken(values):
    for name, value in values.items():
        assert getattr(Oven(**values), name) == value


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"minutes": 0}, "oven.minutes is 0; it must be at least 1"),
        ({"minutes": 10**30}, f"oven.minutes is {10**30}; it must be at most 9,007,199,254,740,992"),
        ({"degrees": 251}, "oven.degrees is 251; it must be between 50 and 250"),
        ({"weight": 0.0}, "oven.weight is 0.0; it must be above 0"),
        ({"weight": math.inf}, "oven.weight is inf; it must be a finite number, above 0"),
        ({"salt": 1}, "oven.salt is 1; it must be at least 0 and below 1"),
        ({"salt": math.nan}, "oven.salt is nan; it must be a finite number, at least 0 and below 1"),
        ({"heat": "left"}, "oven.heat is 'left'; choose one of top, bottom"),
        ({"minutes": 200}, "oven.minutes is too long for such heat"),
    ],
)
def test_a_value_beyond_its_limit_is_an_error_that_carries_the_key(values, said):
    with pytest.raises(ConfigError) as raised:
        Oven(**values)
    assert str(raised.value) == said
    assert raised.value.key == f"oven.{next(iter(values))}"

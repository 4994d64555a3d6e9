import pytest

from nmt.errors import ConfigError
from nmt.models.device import check_device


@pytest.mark.parametrize("name", ["gpu", "cuda:77", "meta:1:2"])
def test_a_device_that_is_not_there_is_refused(name):
    with pytest.raises(ConfigError, match=f"--device {name}: .*; choose cpu"):
        check_device(name)


def test_the_processor_is_there():
    check_device("cpu")

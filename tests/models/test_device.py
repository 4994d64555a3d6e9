import pytest

from nmt.errors import ConfigError
from nmt.models.device import check_device


@pytest.mark.parametrize("name", ["gpu", "meta", "cuda:", "CPU", "cuda:1:2", "cpu\n", ""])
def test_a_device_that_is_not_known_is_refused_with_those_that_are(name):
    with pytest.raises(ConfigError, match=r"is not known; choose cpu, or cuda \(or cuda:N\)"):
        check_device(name)


def test_a_device_that_is_not_there_is_refused():
    with pytest.raises(ConfigError, match=r"--device cuda:77: .*; choose cpu"):
        check_device("cuda:77")


def test_the_processor_is_there():
    check_device("cpu")

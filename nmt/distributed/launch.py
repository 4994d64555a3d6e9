"""How a command that torchrun, or another launcher, started many times over joins the processes into one training."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from nmt.training.processes import ALONE, Processes

_LAUNCHED = {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"}  # what torchrun puts into the environment


@contextmanager
def joined_processes() -> Iterator[Processes]:
    """The processes of this training: ALONE unless a launcher started this one.

    Of what goes wrong in the block, the first process that notices raises its error; the others, to which it is the
    same error or the loss of that process, end without a word.
    """
    if not os.environ.keys() >= _LAUNCHED:
        yield ALONE
        return
    from nmt.distributed.processes import join  # here, as torch takes seconds to load

    with join() as processes:
        try:
            yield processes
        except Exception as error:
            if processes.tell_of_end():
                raise
            raise SystemExit(2) from error
        except BaseException:  # a signal
            processes.tell_of_end()
            raise

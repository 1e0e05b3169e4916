"""The process of a rank but the first: `python -m llada_core.parallel.follower SOCKET PARENT`.

SOCKET is the number of an inherited socket, PARENT the id of rank 0's process, which this one does not
outlive.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
import traceback
from typing import NoReturn

import torch

from ..errors import LladaError
from .commands import Close, Join, Joined
from .group import Group
from .link import Link
from .rank import Rank
from .team import LOST, builder

INTERVAL = 1.0
"""Seconds from one look at the parent to the next."""


def main() -> NoReturn:
    """Obey until told to end, or until rank 0 is gone."""
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for rank 0
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_outlive_nobody, args=(int(sys.argv[2]),), daemon=True).start()
    try:
        _follow(Link(socket.socket(fileno=int(sys.argv[1]))))
        code = 0
    except EOFError:
        code = LOST
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    os._exit(code)  # a device that waits for other ranks would wait in what Python and torch do at exit


def _follow(link: Link) -> None:
    join = link.receive()
    assert isinstance(join, Join)
    torch.set_num_threads(join.threads)
    build = builder(join.build)
    link.send(Joined())
    group = Group(join.rank, join.size, torch.device(join.device), join.store)
    try:
        rank = Rank(build(group, **join.options), group)
    except LladaError as error:
        link.send(Joined(str(error)))
        raise
    link.send(Joined())
    with torch.inference_mode():
        while not isinstance(command := link.receive(), Close):
            assert not isinstance(command, (Join, Joined))
            rank.obey(command)
    rank.forget()
    group.leave()


def _outlive_nobody(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(INTERVAL)
    os._exit(LOST)


if __name__ == "__main__":
    main()

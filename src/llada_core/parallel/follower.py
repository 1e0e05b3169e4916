"""The process of a rank but the first: `python -m llada_core.parallel.follower SOCKET PARENT`.

SOCKET is the number of an inherited socket, PARENT the id of rank 0's process, which this one does not
outlive.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection
from typing import NoReturn

LOST = 70
INTERVAL = 1.0
"""Seconds from one look at the parent to the next."""


def main() -> NoReturn:
    """Obey until told to end, or until rank 0 is gone."""
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for rank 0
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_outlive_nobody, args=(int(sys.argv[2]),), daemon=True).start()
    link = Connection(int(sys.argv[1]))
    try:
        _follow(link)
        code = 0
    except (EOFError, ConnectionError):
        code = LOST
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    os._exit(code)  # a device that waits for other ranks would wait in what Python and torch do at exit


def _follow(link: Connection) -> None:
    from .commands import Close, Join, Joined, decode, encode

    join = decode(link.recv_bytes())
    assert isinstance(join, Join)
    import torch

    from ..errors import LladaError
    from .group import Group
    from .rank import Rank
    from .team import builder

    torch.set_num_threads(join.threads)
    build = builder(join.build)
    link.send_bytes(encode(Joined()))
    group = Group(join.rank, join.size, torch.device(join.device), join.store)
    try:
        rank = Rank(build(group, **join.options), group)
    except LladaError as error:
        link.send_bytes(encode(Joined(str(error))))
        raise
    link.send_bytes(encode(Joined()))
    with torch.inference_mode():
        while not isinstance(command := decode(link.recv_bytes()), Close):
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

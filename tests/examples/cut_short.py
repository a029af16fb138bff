"""The example that loads a mailbox, ended by a signal: python cut_short.py SIGNAL MAILS MBOX URL.

The signal comes at a random moment once so many mails were filed, and before five more are, however slow the machine.
"""

from __future__ import annotations

import random
import signal
import sys
import threading
from pathlib import Path
from typing import Any
from unittest.mock import patch

from collabcase import Collab

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

from import_mailbox import main


def ending_after(mails: int, end: signal.Signals) -> Any:
    """Return what lets the signal reach this process after so many mails, in a `with` block around the example."""
    work, main_thread, begun = Collab.run, threading.main_thread(), 0
    timer = threading.Timer(random.random() / 50, lambda: signal.pthread_kill(main_thread.ident or 0, end))

    def run(collab: Collab, *given: Any) -> Any:
        nonlocal begun
        begun += 1
        if begun == mails + 1:
            timer.start()
        if begun == mails + 5:
            timer.join()
            signal.raise_signal(end)  # where the first one fell on code that lets nothing out, such as a finalizer
        return work(collab, *given)

    return patch.object(Collab, "run", run)


with ending_after(int(sys.argv[2]), signal.Signals(int(sys.argv[1]))):
    sys.exit(main(sys.argv[3:]))

"""What every measurement needs: the two sides, and runs of them in turn."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from inputs import Inputs

# Seconds; long enough for threads that wait for more work to lie down.
SETTLE = 0.05


@dataclass
class Setting:
    inputs: Inputs
    cleave: str  # the executable, as cleave_bench is
    cleave_bench: str
    peer: list | None  # the command that peer.py is; None when there is no peer
    text: str  # the file whose beginning is the prompt
    scratch: Path
    torch: list | None = None  # the command that torch_exits.py is
    documents: list = field(default_factory=list)  # files that exits learn from
    store: Path | None = None  # a capture that they learn from instead
    notes: list = field(default_factory=list)  # lines to show below the table

    def sides(self, ours, peer):
        """(name, body) of both, or of ours alone."""
        return [("ours", ours)] + ([("peer", peer)] if self.peer else [])


def alternate(sides, pairs):
    """Calls each side's body: ours, peer, peer, ours, ...; a drift then favours neither.

    Yields what they return, a dictionary by side for each pair.
    """
    for pair in range(pairs):
        results = {}
        for name, body in sides if pair % 2 == 0 else reversed(sides):
            time.sleep(SETTLE)
            results[name] = body()
        yield results

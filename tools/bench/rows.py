"""A row of the table: paired figures of ours and the peer's, and how they are shown."""

from statistics import median


class Row:
    """`more` says whether more is better; the ratio is above 1 where ours is better either way."""

    def __init__(self, name, unit, more=True, digits=1):
        self.name, self.unit, self.more, self.digits = name, unit, more, digits
        self.ours, self.peer = [], []
        # Of the memory's bandwidth, where the row is bound by it.
        self.ours_share, self.peer_share = [], []

    def ratios(self):
        pairs = zip(self.ours, self.peer)
        return [ours / peer if self.more else peer / ours for ours, peer in pairs]

    def cells(self):
        number = lambda values: f"{median(values):.{self.digits}f}" if values else "-"
        share = lambda values: f"{100 * median(values):.0f} %" if values else ""
        ratios = self.ratios()
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}" if ratios else ""
        return [
            self.name, number(self.ours), number(self.peer),
            f"{median(ratios):.2f}" if ratios else "-", spread, self.unit, str(len(self.ours)),
            share(self.ours_share), share(self.peer_share),
        ]

    def record(self):
        return {
            "name": self.name, "unit": self.unit, "more_is_better": self.more, "ours": self.ours,
            "peer": self.peer, "ratios": self.ratios(), "ours_share_of_bandwidth": self.ours_share,
            "peer_share_of_bandwidth": self.peer_share,
        }


HEADINGS = ["", "ours", "peer", "ratio", "spread", "unit", "pairs", "ours/mem", "peer/mem"]


def table(rows):
    lines = [HEADINGS] + [row.cells() for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    left = {0, 5}
    return "\n".join(
        "  ".join(cell.ljust(width) if i in left else cell.rjust(width)
                  for i, (cell, width) in enumerate(zip(line, widths))).rstrip()
        for line in lines)

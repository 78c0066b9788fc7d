"""Who else used the processors while the bench ran: figures of a busy machine are not worth much."""

import os
import platform

TICKS = os.sysconf("SC_CLK_TCK")


class Watch:
    def __init__(self):
        self.start = self.now()

    @staticmethod
    def now():
        """Processor seconds: of the whole machine, busy; taken by its host; our own, children's too."""
        with open("/proc/stat") as file:
            fields = [int(field) / TICKS for field in file.readline().split()[1:]]
        user, nice, system, _, _, interrupts, soft, stolen = fields[:8]
        times = os.times()
        own = times.user + times.system + times.children_user + times.children_system
        return user + nice + system + interrupts + soft, stolen, own, times.elapsed

    def shares(self):
        """Of the processors' time since the start: (others', stolen by the host)."""
        busy, stolen, own, elapsed = (b - a for a, b in zip(self.start, self.now()))
        capacity = elapsed * (os.cpu_count() or 1)
        return max(0.0, busy - own) / capacity, stolen / capacity


def processor():
    with open("/proc/cpuinfo") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} processors"

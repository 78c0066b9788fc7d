"""Rows of engines that stay open: decoding and prefill, and the memory they are bound by."""

import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from child import Child, Failure
from rows import Row
from setting import alternate


@dataclass
class Opening:
    """How both engines are opened."""

    threads: int
    context: int = 1024  # the most tokens of all sequences together; ours takes what it needs
    sequences: int = 1
    cache: str = "f16"


def engine_row(setting, name, model, request, tokens, opening, pairs, memory=False, busy=0):
    """Tokens a second of a request that takes `tokens`.

    With `memory` also the share of the memory's bandwidth that reading the weights for each token is;
    the bandwidth is measured between the pairs. busy: so many other processes compute meanwhile.
    """
    row = Row(name, "tok/s")
    with ExitStack() as stack:
        children = open_engines(setting, model, opening, stack)
        for _ in range(busy):
            stack.enter_context(busy_process())
        rate_of = stack.enter_context(open_memory(setting, opening.threads)) if memory else None
        idle = IdleTime(children)
        bodies = setting.sides(
            lambda: idle.ask("ours", request), lambda: idle.ask("peer", request))
        for _, body in bodies:
            body()
        for results in alternate(bodies, pairs):
            for side, answer in results.items():
                getattr(row, side).append(tokens / float(answer[0]))
            if memory:
                rate = read_rate(rate_of)
                for side in results:
                    share = children["ours"].bytes * getattr(row, side)[-1] / rate
                    getattr(row, f"{side}_share").append(share)
        idle.check(name)
    texts = [answer[1:] for answer in results.values()]
    # Of several sequences the tokens stand step by step: where they part says nothing of each.
    if len(texts) == 2 and len(texts[0]) > 1 and opening.sequences == 1:
        setting.notes.append(
            f"{name}: both wrote the same {common(*texts)} tokens of {len(texts[0])}")
    return row


@contextmanager
def busy_process():
    """A process that computes without end, as a neighbour on the same machine does."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def open_engines(setting, model, opening, stack):
    """Ours and, when there is one, the peer's, on the same bits."""
    tail = ["--threads", str(opening.threads), "--text", setting.text, "--kv-cache", opening.cache]
    children = {"ours": stack.enter_context(Child("cleave-bench engine", [
        setting.cleave_bench, "engine", setting.inputs.artifact(model), *tail]))}
    if setting.peer:
        children["peer"] = stack.enter_context(Child("the peer", [
            *setting.peer, "engine", setting.inputs.gguf(model), *tail,
            "--context", str(opening.context), "--sequences", str(opening.sequences)]))
    prompts = [child.ask("tokens 512") for child in children.values()]
    if any(prompt != prompts[0] for prompt in prompts):
        raise Failure(f"the two tokenizers find other tokens in {setting.text}")
    return children


def common(ours, peer):
    """How many tokens both begin with."""
    for index, (a, b) in enumerate(zip(ours, peer)):
        if a != b:
            return index
    return min(len(ours), len(peer))


def memory_row(setting, threads, times):
    row = Row(f"memory read, {threads} thread{'s' if threads > 1 else ''}", "GB/s")
    with open_memory(setting, threads) as child:
        row.ours = [read_rate(child) / 1e9 for _ in range(times)]
    return row


def open_memory(setting, threads):
    return Child("cleave-bench bandwidth", [
        setting.cleave_bench, "bandwidth", "--threads", str(threads)])


def read_rate(child):
    """Bytes a second."""
    return child.bytes / float(child.ask("read 3")[0])


class IdleTime:
    """What a child takes of the processors while the other one is asked: it must be next to nothing."""

    def __init__(self, children):
        self.children = children
        self.taken = dict.fromkeys(children, 0.0)
        self.waited = dict.fromkeys(children, 0.0)

    def ask(self, side, request):
        others = [other for other in self.children if other != side]
        before = {other: self.children[other].processor_seconds() for other in others}
        start = time.perf_counter()
        answer = self.children[side].ask(request)
        for other in others:
            self.waited[other] += time.perf_counter() - start
            self.taken[other] += self.children[other].processor_seconds() - before[other]
        return answer

    def check(self, name):
        for side, taken in self.taken.items():
            # A tick of the clock is 10 ms: of less than some of them nothing can be said.
            if taken > max(0.03, 0.02 * self.waited[side]):
                print(
                    f"bench: WARNING: {name}: {side} took {taken:.2f} s of the processors in the "
                    f"{self.waited[side]:.2f} s that it should have rested", file=sys.stderr)

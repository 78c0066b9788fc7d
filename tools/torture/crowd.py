#!/usr/bin/env python3
"""Holds a crowd of sessions against a cloud that may use little memory, and checks every answer; `make crowd` runs it.

usage: crowd.py CLEAVE [--sessions N] [--seconds N] [--memory MIB] [--clock]

Each session uploads hidden states of one of a few texts, in pieces of random sizes, and asks after some of them; the
answers must be, to the last bit of their probabilities, those that the cloud gave to the text when it was alone, or another
session's states were read. Sessions end as they should or die at random: the stream is reset, with a request pending or
without, the connection is closed at once, or nothing more is said. The cloud evicts sessions, whose states are sent again. Afterwards memory
must have stayed flat and descriptors must be what they were. With --clock the server's wall clock jumps by up to ten years, back and
forth, every ten seconds (needs a C compiler). Needs grpcio and grpcio-tools; everything stays on the loopback address.
"""

import argparse
import asyncio
import collections
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from servers import Failure, Server
from stages import prepare

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "client"))
from cloud_client import stubs  # noqa: E402

TEXTS, LENGTH = 32, 48
IDLE = 20
YEAR = 365 * 24 * 3600


class Died(Exception):
    """A session has ended because it was to."""


class Crowd:
    """Sessions of one cloud, and what they came to."""

    def __init__(self, port, options):
        import grpc
        self.grpc, self.address, self.options = grpc, f"127.0.0.1:{port}", options
        self.pb, self.rpc = stubs()
        self.counts, self.problems = collections.Counter(), []
        self.about = self.expected = self.texts = None

    def channel(self):
        """A connection of its own."""
        return self.grpc.aio.insecure_channel(self.address, options=[("grpc.use_local_subchannel_pool", 1)])

    async def begin(self):
        """Reads what the cloud serves, makes the texts, and learns the answers to each when it is alone."""
        async with self.channel() as channel:
            self.about = await self.rpc.CloudStub(channel).Describe(self.pb.DescribeRequest(), timeout=10)
        chance, numbers = random.Random(26), self.about.hidden_size
        self.texts = [[struct.pack(f"<{numbers}f", *(chance.gauss(0, 1) for _ in range(numbers)))
                       for _ in range(LENGTH)] for _ in range(TEXTS)]
        self.expected = [await self.alone(text) for text in self.texts]
        if len({answers[-1] for answers in self.expected}) < TEXTS // 2:
            raise Failure("the texts have the same answers, which then tell nothing")

    async def alone(self, text):
        """The answers to a text, after 1, 2, ... states."""
        async with self.channel() as channel:
            session = Session(self, channel, text)
            await session.open()
            return [await session.ask(count) for count in range(1, LENGTH + 1)]

    async def client(self, seed, end):
        """One session after another, until the end."""
        chance = random.Random(seed)
        await asyncio.sleep(chance.uniform(0, self.options.pause))
        while time.monotonic() < end:
            number = chance.randrange(TEXTS)
            channel = self.channel()
            try:
                await self.live(Session(self, channel, self.texts[number]), self.expected[number], chance, end)
            except Died:
                self.counts["died"] += 1
            except (Failure, self.grpc.aio.AioRpcError, asyncio.TimeoutError, asyncio.InvalidStateError) as failure:
                self.problems.append(f"{type(failure).__name__}: {failure}"[:300])
            finally:
                await channel.close(grace=None)

    async def live(self, session, expected, chance, end):
        await session.open()
        sent = 0
        while sent < LENGTH and time.monotonic() < end:
            await asyncio.sleep(chance.uniform(0, 2 * self.options.pause))
            sent = min(LENGTH, sent + chance.randint(1, 8))
            if chance.random() < 0.05:
                await session.die(chance, sent)
            if chance.random() < 0.3:
                # Uploaded, and not asked about.
                await session.upload(sent)
                continue
            found = await session.ask(sent)
            self.counts["answers"] += 1
            if found != expected[sent - 1]:
                raise Failure(f"{found} after {sent} states in place of {expected[sent - 1]}")
        await session.close()
        self.counts["whole"] += sent == LENGTH


class Session:
    """A session of a text's states."""

    def __init__(self, crowd, channel, text):
        self.crowd, self.pb, self.text, self.sent = crowd, crowd.pb, text, 0
        self.call = crowd.rpc.CloudStub(channel).Session()

    async def read(self):
        message = await asyncio.wait_for(self.call.read(), 60)
        if message is self.crowd.grpc.aio.EOF:
            raise Failure("the stream has ended")
        kind = message.WhichOneof("message")
        if kind == "refusal":
            raise Failure(f"refused: {message.refusal.text}")
        return kind, message

    async def open(self):
        about, pb = self.crowd.about, self.pb
        await self.call.write(pb.EdgeMessage(open=pb.Open(
            version=about.version, model_id=about.model_id, first_exit=about.first_exit, hidden_size=about.hidden_size,
            activations=about.activations, kv_cache=about.kv_cache, encodings=[pb.Encoding(format=pb.FORMAT_FLOAT32)])))
        kind, _ = await self.read()
        if kind != "opened":
            raise Failure(f"{kind} in place of opened")

    async def upload(self, count):
        """Sends the states up to so many."""
        if count > self.sent:
            await self.call.write(self.pb.EdgeMessage(states=self.pb.States(
                first_position=self.sent, count=count - self.sent, encoding=self.pb.Encoding(format=self.pb.FORMAT_FLOAT32),
                data=b"".join(self.text[self.sent:count]))))
            self.sent = count

    async def request(self, count):
        await self.upload(count)
        await self.call.write(self.pb.EdgeMessage(
            ask=self.pb.Ask(position=count, sampling=self.pb.Sampling(top_p=1))))

    async def ask(self, count):
        """The answer after so many states: token, probability and margin. What was evicted is sent again."""
        await self.request(count)
        while True:
            kind, message = await self.read()
            if kind == "lacking":
                self.crowd.counts["evicted"] += 1
                self.sent = 0
                await self.request(count)
            elif kind == "answer":
                answer = message.answer
                if answer.position != count:
                    raise Failure(f"an answer at {answer.position}, and {count} was asked about")
                return answer.token, answer.max_probability, answer.margin
            elif kind != "acknowledged":
                raise Failure(f"{kind} in place of an answer")

    async def close(self):
        await self.call.write(self.pb.EdgeMessage(close=self.pb.Close()))
        await self.call.done_writing()

    async def die(self, chance, count):
        """Ends the session in one of the ways that devices do."""
        how = chance.choice(["reset", "cut", "asked", "silent"])
        self.crowd.counts[f"died: {how}"] += 1
        if how == "asked":
            await self.request(count)
        if how == "silent":
            # The cloud ends it, or an eviction is told before that.
            await asyncio.sleep(IDLE + 5)
        if how in ("reset", "asked"):
            self.call.cancel()
        raise Died


class Clock:
    """The wall clock of a process, which jumps; the other clocks are the machine's."""

    def __init__(self, work):
        self.file, self.random = work / "clock", random.Random(7)
        self.library = work / "clock.so"
        source = Path(__file__).with_name("clock.c")
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", "-o", self.library, source], check=True)
        self.file.write_bytes(bytes(8))
        self.environment = {"LD_PRELOAD": str(self.library), "CLEAVE_CLOCK": str(self.file)}

    def jump(self):
        with open(self.file, "r+b") as file:
            file.write(struct.pack("=q", self.random.randint(-10 * YEAR, 10 * YEAR)))


async def watch(server, crowd, end, clock):
    """The server's figures every ten seconds."""
    figures = []
    while time.monotonic() < end:
        await asyncio.sleep(10)
        figures.append(server.figures())
        if len(figures) % 6 == 0:
            print(f"  {10 * len(figures):5} s: {figures[-1][0]:.0f} MB, {figures[-1][1]} descriptors, "
                  f"{crowd.counts['answers']} answers, {crowd.counts['evicted']} evicted, {len(crowd.problems)} wrong", flush=True)
        if clock:
            clock.jump()
    return figures


async def campaign(server, options, clock):
    """Runs the crowd; says whether all was well."""
    crowd = Crowd(server.port, options)
    await crowd.begin()
    before = server.figures()
    print(f"{before[0]:.0f} MB and {before[1]} descriptors at first", flush=True)
    end = time.monotonic() + options.seconds
    watching = asyncio.create_task(watch(server, crowd, end, clock))
    await asyncio.gather(*(crowd.client(seed, end) for seed in range(options.sessions)))
    figures = await watching
    print(", ".join(f"{count} {name}" for name, count in sorted(crowd.counts.items())))
    wrong = list(crowd.problems)
    # The first third is the crowd's coming.
    third = len(figures) // 3
    middle, last = (max(resident for resident, _ in part) for part in (figures[third:2 * third], figures[2 * third:]))
    print(f"at most {middle:.0f} MB in the second third of the time, {last:.0f} in the last")
    if last > 1.1 * middle:
        wrong.append("memory is not flat")
    for _ in range(IDLE + 60):
        after = server.figures()
        if after[1] <= before[1] + 2:
            break
        await asyncio.sleep(1)
    else:
        wrong.append(f"{after[1]} descriptors afterwards")
    print(f"{after[0]:.0f} MB and {after[1]} descriptors afterwards; {len(wrong)} wrong")
    for problem, count in collections.Counter(wrong).most_common(5):
        print(f"  WRONG, {count} times: {problem}")
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cleave")
    parser.add_argument("--sessions", type=int, default=1000, help="at a time")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--memory", type=int, default=4, help="MiB for all sessions")
    parser.add_argument("--pause", type=float, default=3, help="mean seconds between the requests of a session")
    parser.add_argument("--clock", action="store_true", help="let the server's wall clock jump")
    options = parser.parse_args()
    if options.seconds < 60:
        parser.error("--seconds: expected at least 60, of which thirds are compared")
    with tempfile.TemporaryDirectory(prefix="cleave-crowd-") as folder:
        work, cleave = Path(folder), Path(options.cleave).resolve()
        prepare(cleave, work)
        subprocess.run([cleave, "partition", "exits", "--edge", "edge", "--cloud", "cloud"], cwd=work, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        clock = Clock(work) if options.clock else None
        server = Server(cleave, work, ["cloud", "--memory", str(options.memory), "--idle", str(IDLE),
                                       "--max-sessions", str(2 * options.sessions)],
                        environment=clock.environment if clock else None)
        try:
            well = asyncio.run(campaign(server, options, clock))
        finally:
            server.kill()
        log = (work / "server.log").read_text()
        if log:
            print(f"the server's log ends: {log[-300:]}")
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()

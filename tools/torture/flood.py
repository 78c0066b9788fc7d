#!/usr/bin/env python3
"""Floods servers, and checks that they go on, leak nothing and answer right; `make flood` runs it.

usage: flood.py CLEAVE [--seconds N] [--restart-seconds N] [--clients N]

A cloud (`cleave serve CLOUD`) and an edge (`cleave serve EDGE --api`) of a tiny model are given, each for some seconds,
connections that come and go, that say nothing or half of something, that never read, tiny frames, streams that are reset,
huge and endless messages, wrong tokens and noise. During each attack an honest client is answered, with the right text. Afterwards memory and
descriptors must be what they were. Then a cloud is killed and started again every 5 seconds under clients, whose texts must be right.
Everything stays on this machine's loopback address.
"""

import argparse
import http.client
import json
import random
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from frames import (HEADERS, PING, PREFACE, RST_STREAM, SETTINGS, CONTINUATION, DATA, END_HEADERS, END_STREAM, frame,
                    request_headers)
from servers import Failure, Server
from stages import prepare

PROMPT = "What is 5 and 4?"
TOKEN, KEY = "a-token-of-the-tests", "a-key-of-the-tests"
SESSION = "/cleave.cloud.v1.Cloud/Session"
HEALTH = "/grpc.health.v1.Health/Check"


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port), timeout=2)
    connection.settimeout(0.2)
    return connection


def send_all(connection, data):
    """Sends what the other side takes; whether it still does."""
    try:
        connection.sendall(data)
        return True
    except OSError:
        return False


# Attacks. Each takes a port, a time to end and a source of randomness, and opens a bounded number of connections.

def come_and_go(port, end, chance):
    """Connections that are opened and closed at once."""
    while time.monotonic() < end:
        with connect(port) as connection:
            if chance.random() < 0.5:
                send_all(connection, PREFACE[:chance.randrange(len(PREFACE))])


def held(port, end, chance, opening, drip=None, count=200):
    """Connections that say something at first, then nothing or a byte at a time, and read nothing."""
    connections = []
    try:
        while time.monotonic() < end:
            if len(connections) < count:
                connection = connect(port)
                send_all(connection, opening)
                connections.append(connection)
            else:
                time.sleep(0.1)
            if drip:
                for connection in chance.sample(connections, min(10, len(connections))):
                    send_all(connection, drip)
    finally:
        for connection in connections:
            connection.close()


def silent(port, end, chance):
    """Connections that say nothing."""
    held(port, end, chance, b"")


def half_preface(port, end, chance):
    """Connections that say half of what opens HTTP/2, and no more."""
    held(port, end, chance, PREFACE[:10])


def half_session(port, end, chance):
    """Sessions that are opened, and never say who they are."""
    held(port, end, chance, PREFACE + frame(SETTINGS, 0, 0, b"") + session(1), count=100)


def slow_frames(port, end, chance):
    """A frame of which one byte comes at a time."""
    held(port, end, chance, PREFACE + frame(SETTINGS, 0, 0, b"") + struct.pack(">I", 1000)[1:], drip=b"\0")


def session(stream):
    return frame(HEADERS, END_HEADERS, stream, request_headers(SESSION, TOKEN))


def pour(port, end, opening, piece):
    """Connections to which pieces are sent for as long as they are taken, and from which nothing is read."""
    while time.monotonic() < end:
        with connect(port) as connection:
            if not send_all(connection, opening):
                continue
            number = 0
            while time.monotonic() < end and send_all(connection, piece(number)):
                number += 1


def pings(port, end, chance):
    """Pings, as fast as they are taken, whose answers are not read."""
    pour(port, end, PREFACE + frame(SETTINGS, 0, 0, b""), lambda _: frame(PING, 0, 0, bytes(8)) * 100)


def settings(port, end, chance):
    """Settings that change again and again."""
    pour(port, end, PREFACE, lambda number: frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 1 + number % 1000)) * 100)


def tiny_data(port, end, chance):
    """A message of a session in frames of one byte."""
    pour(port, end, PREFACE + frame(SETTINGS, 0, 0, b"") + session(1) + frame(DATA, 0, 1, b"\0\0\x10\0\0"),
         lambda _: frame(DATA, 0, 1, b"\0") * 100)


def empty_data(port, end, chance):
    """Frames of a session without a byte."""
    pour(port, end, PREFACE + frame(SETTINGS, 0, 0, b"") + session(1), lambda _: frame(DATA, 0, 1, b"") * 100)


def resets(port, end, chance):
    """Streams that are opened and reset at once."""
    def piece(number):
        streams = range(2 * 50 * number + 1, 2 * 50 * (number + 1) + 1, 2)
        return b"".join(session(stream) + frame(RST_STREAM, 0, stream, struct.pack(">I", 8)) for stream in streams)
    pour(port, end, PREFACE + frame(SETTINGS, 0, 0, b""), piece)


def continuations(port, end, chance):
    """Headers that never end."""
    pour(port, end, PREFACE + frame(SETTINGS, 0, 0, b"") + frame(HEADERS, 0, 1, request_headers(SESSION, TOKEN)),
         lambda number: frame(CONTINUATION, 0, 1, b"\0\x05x-%03d\x01y" % (number % 1000) * 50))


def never_read(port, end, chance):
    """Requests whose answers are not read."""
    def piece(number):
        streams = range(2 * 20 * number + 1, 2 * 20 * (number + 1) + 1, 2)
        body = bytes(5)
        return b"".join(frame(HEADERS, END_HEADERS, stream, request_headers(HEALTH, TOKEN))
                        + frame(DATA, END_STREAM, stream, body) for stream in streams)
    pour(port, end, PREFACE + frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 1)), piece)


def huge_message(port, end, chance):
    """A message that says it has four gigabytes, and begins to send them."""
    pour(port, end, PREFACE + frame(SETTINGS, 0, 0, b"") + session(1) + frame(DATA, 0, 1, b"\0\xff\xff\xff\xff"),
         lambda _: frame(DATA, 0, 1, bytes(16384)))


def wrong_tokens(port, end, chance):
    """Sessions with tokens that nobody has."""
    while time.monotonic() < end:
        with connect(port) as connection:
            send_all(connection, PREFACE + frame(SETTINGS, 0, 0, b""))
            for stream in range(1, 40, 2):
                token = "".join(chance.choice("abcdef0123456789") for _ in range(chance.choice([0, 1, 20, 4000])))
                if not send_all(connection, frame(HEADERS, END_HEADERS, stream, request_headers(SESSION, token))):
                    break


def noise(port, end, chance):
    """Bytes that mean nothing, with and without a beginning that does."""
    while time.monotonic() < end:
        with connect(port) as connection:
            send_all(connection, chance.choice([b"", PREFACE, PREFACE + frame(SETTINGS, 0, 0, b"")])
                     + chance.randbytes(chance.randrange(5000)))


def http_request(body, key=KEY, length=None):
    return (f"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {length or len(body)}\r\n\r\n").encode() + body


def half_request(port, end, chance):
    """Requests whose headers never end."""
    held(port, end, chance, b"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n", drip=b"x")


def half_body(port, end, chance):
    """Requests whose body comes a byte at a time."""
    held(port, end, chance, http_request(b'{"prompt": "', length=100_000), drip=b"a")


def unread_streams(port, end, chance):
    """Streams of answers that nobody reads."""
    body = json.dumps({"model": "edge", "prompt": PROMPT, "max_tokens": 50, "stream": True}).encode()
    held(port, end, chance, http_request(body), count=50)


def huge_prompts(port, end, chance):
    """Prompts of megabytes, and headers of megabytes."""
    body = json.dumps({"model": "edge", "prompt": "x " * (2 << 20), "max_tokens": 4}).encode()
    while time.monotonic() < end:
        for data in [http_request(body), b"GET / HTTP/1.1\r\n" + b"X-Long: " + b"y" * (4 << 20) + b"\r\n\r\n"]:
            with connect(port) as connection:
                send_all(connection, data)
                read_some(connection)


def wrong_keys(port, end, chance):
    """Requests with keys that nobody has."""
    while time.monotonic() < end:
        with connect(port) as connection:
            send_all(connection, http_request(b'{"prompt": "x"}', key=str(chance.random())))
            read_some(connection)


def hostile_json(port, end, chance):
    """Bodies of brackets, of noise, and cut short."""
    while time.monotonic() < end:
        body = chance.choice([b"[" * 100_000, chance.randbytes(1000), b'{"prompt": "' + b"\\u0000" * 10_000 + b'"}',
                              b'{"prompt": ["x"], "n": 1e300, "max_tokens": -1}'])
        with connect(port) as connection:
            send_all(connection, http_request(body))
            read_some(connection)


def pipelined(port, end, chance):
    """Many requests on a connection, whose answers are not read."""
    pour(port, end, b"", lambda _: b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
         + KEY.encode() + b"\r\n\r\n" * 20)


def read_some(connection):
    try:
        connection.recv(1 << 16)
    except OSError:
        pass


CLOUD = [come_and_go, silent, half_preface, half_session, slow_frames, pings, settings, tiny_data, empty_data, resets,
         continuations, never_read, huge_message, wrong_tokens, noise]
EDGE = [come_and_go, silent, half_request, half_body, unread_streams, huge_prompts, wrong_keys, hostile_json, pipelined,
        noise]


class Flood:
    def __init__(self, cleave, work, seconds):
        self.cleave, self.work, self.seconds = cleave, work, seconds
        self.failed = False

    def run(self, *arguments):
        return subprocess.run([self.cleave, *arguments], cwd=self.work, capture_output=True, text=True, timeout=120)

    def text_by(self, cloud, *more):
        """The text that an edge generates with a cloud."""
        done = self.run("run", "edge", "--cloud", cloud, "--threshold", "1.1", "--max-tokens", "40", "-p", PROMPT, *more)
        if done.returncode != 0:
            raise Failure(f"an honest client: status {done.returncode}: {done.stderr.strip()[-300:]}")
        return done.stdout

    def text_of_edge(self, port):
        """The text with which a served edge completes the prompt."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        body = json.dumps({"model": "edge", "prompt": PROMPT, "max_tokens": 20, "temperature": 0})
        connection.request("POST", "/v1/completions", body,
                           {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status != 200:
            raise Failure(f"an honest client: status {answer.status}: {text[:200]}")
        return json.loads(text)["choices"][0]["text"]

    def attack(self, name, server, attacks, honest):
        """Runs attacks one after another, and says what they cost."""
        expected = honest()
        honest()
        before = server.figures()
        print(f"{name}: {before[0]:.0f} MB and {before[1]} descriptors at first", flush=True)
        for number, attack in enumerate(attacks):
            result = self.one(server, attack, honest, expected, number)
            print(f"  {attack.__name__.replace('_', '-'):16} {result}", flush=True)
        self.settle(server, before)

    def one(self, server, attack, honest, expected, number):
        errors = []

        def work(seed):
            try:
                attack(server.port, time.monotonic() + self.seconds, random.Random(seed))
            except OSError as error:
                errors.append(str(error))

        threads = [threading.Thread(target=work, args=(4 * number + seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        try:
            time.sleep(self.seconds / 2)
            during, start = server.figures(), time.monotonic()
            found = honest()
            takes = time.monotonic() - start
            result = f"{during[0]:5.0f} MB {during[1]:5} descriptors; an honest client took {takes:.1f} s"
            if found != expected:
                raise Failure(f"an honest client got {found!r} in place of {expected!r}")
        except (Failure, OSError, http.client.HTTPException, subprocess.TimeoutExpired) as failure:
            self.failed, result = True, f"WRONG: {failure}"
        for thread in threads:
            thread.join()
        return result

    def settle(self, server, before):
        """Waits until the server has let go of everything."""
        for _ in range(60):
            after = server.figures()
            if after[1] <= before[1] + 2:
                break
            time.sleep(1)
        else:
            self.failed = True
            print(f"  WRONG: {after[1]} descriptors a minute later", flush=True)
        print(f"  {after[0]:.0f} MB and {after[1]} descriptors afterwards", flush=True)

    def restarts(self, seconds, clients):
        """Kills a cloud every 5 seconds under clients, which go on with the next; only who finds none at first is told so."""
        expected = self.long_run("cloud")["text"]
        server = Server(self.cleave, self.work, ["cloud"])
        port, end = server.port, time.monotonic() + seconds
        done, problems = [], []

        def ask():
            while time.monotonic() < end:
                try:
                    result = self.long_run(f"127.0.0.1:{port}")
                    done.append(result and result["cloud"]["reconnections"])
                    if result and result["text"] != expected:
                        problems.append(f"{result['text']!r} in place of {expected!r}")
                except (Failure, subprocess.TimeoutExpired) as failure:
                    problems.append(str(failure))

        threads = [threading.Thread(target=ask) for _ in range(clients)]
        for thread in threads:
            thread.start()
        kills = 0
        while time.monotonic() < end:
            time.sleep(5)
            server.kill()
            kills += 1
            server = Server(self.cleave, self.work, ["cloud"], port=port)
        for thread in threads:
            thread.join()
        server.kill()
        texts = [count for count in done if count is not None]
        print(f"restarts: {kills} in {seconds:.0f} s under {clients} clients: {len(texts)} texts, of which "
              f"{sum(map(bool, texts))} went on with another server; {len(done) - len(texts)} times none was there at "
              f"first; {len(problems)} wrong")
        for problem in sorted(set(problems))[:5]:
            print(f"  WRONG: {problem}")
        self.failed |= bool(problems)

    def long_run(self, cloud):
        """The result of a generation of many tokens; None where no server was there to begin with."""
        done = self.run("run", "edge", "--cloud", cloud, "--threshold", "1.1", "--max-tokens", "400", "-p", PROMPT,
                        "--json")
        # One that had a session and could not go on says that the cloud is gone.
        if done.returncode == 4 and "the cloud is gone" not in done.stderr:
            return None
        if done.returncode != 0:
            raise Failure(f"status {done.returncode}: {done.stderr.strip()[-300:]}")
        return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cleave")
    parser.add_argument("--seconds", type=float, default=10, help="of each attack")
    parser.add_argument("--restart-seconds", type=float, default=300)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--only", choices=["cloud", "edge", "restarts"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cleave-flood-") as folder:
        work = Path(folder)
        flood = Flood(Path(options.cleave).resolve(), work, options.seconds)
        prepare(flood.cleave, work)
        flood.run("partition", "exits", "--edge", "edge", "--cloud", "cloud")
        (work / "tokens").write_text(f"tests {TOKEN}\n")
        (work / "token").write_text(TOKEN)
        (work / "keys").write_text(f"tests {KEY}\n")
        if options.only in (None, "cloud"):
            server = Server(flood.cleave, work, ["cloud", "--tokens", "tokens", "--idle", "20"])
            flood.attack("cloud", server, CLOUD,
                         lambda: flood.text_by(f"127.0.0.1:{server.port}", "--token-file", "token"))
            server.kill()
        if options.only in (None, "edge"):
            edge = Server(flood.cleave, work, ["edge", "--api-key-file", "keys"], option="--api")
            flood.attack("edge", edge, EDGE, lambda: flood.text_of_edge(edge.port))
            edge.kill()
        if options.only in (None, "restarts"):
            flood.restarts(options.restart_seconds, options.clients)
        log = (work / "server.log").read_text()
        if log:
            print(f"the servers' log ends: {log[-300:]}")
    sys.exit(1 if flood.failed else 0)


if __name__ == "__main__":
    main()

"""A TCP relay with the delay and the rate of a network: relay.py TARGET_PORT --rtt MS --mbit RATE.

Each direction takes half the round trip, and sends its bytes one after another at the rate. Says the
port that it listens on, on this machine, and goes on until it is stopped.
"""
import argparse
import asyncio


async def pump(reader, writer, delay, rate):
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()
    # When the wire is free for the next byte.
    free = 0.0

    async def deliver():
        while (item := await queue.get()) is not None:
            at, data = item
            if (left := at - loop.time()) > 0:
                await asyncio.sleep(left)
            writer.write(data)
            await writer.drain()
        writer.close()

    task = asyncio.create_task(deliver())
    try:
        # Small pieces, so that the first of a long message does not wait for its last.
        while data := await reader.read(8192):
            free = max(free, loop.time()) + len(data) * 8 / rate
            await queue.put((free + delay, data))
            # A sender that is ahead of the wire waits, as for the buffer of a socket.
            if free - loop.time() > 0.25:
                await asyncio.sleep(free - loop.time() - 0.25)
    except ConnectionError:
        pass
    await queue.put(None)
    await asyncio.gather(task, return_exceptions=True)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("target", type=int)
    parser.add_argument("--rtt", type=float, required=True, help="milliseconds there and back")
    parser.add_argument("--mbit", type=float, required=True, help="megabits a second, each way")
    options = parser.parse_args()
    delay, rate = options.rtt / 2000, options.mbit * 1e6

    async def connect(reader, writer):
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", options.target)
        await asyncio.gather(
            pump(reader, far_writer, delay, rate), pump(far_reader, writer, delay, rate))

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())

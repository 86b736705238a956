"""A mail server that accepts and forgets, in a process of its own: `python -m bench.sink`.

It prints its port, then the number of messages at the end of its input.
"""

from __future__ import annotations

import asyncio
import sys

ACCEPTED = b"250 2.0.0 OK\r\n"
ANSWERS = {
    b"DATA": b"354 go ahead\r\n",
    b"QUIT": b"221 bye\r\n",
    b"EHLO": b"250-sink\r\n250 8BITMIME\r\n",
}


class Sink:
    """Counts messages; every other command is accepted."""

    def __init__(self) -> None:
        self.count = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink ESMTP\r\n")
        verb = b""
        while verb != b"QUIT" and (line := await reader.readline()):
            verb = line[:4].upper()
            writer.write(ANSWERS.get(verb, ACCEPTED))
            if verb == b"DATA":
                await reader.readuntil(b"\r\n.\r\n")
                self.count += 1
                writer.write(ACCEPTED)
            await writer.drain()
        writer.close()


async def main() -> None:
    sink = Sink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0, limit=2**24)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(sink.count, flush=True)


if __name__ == "__main__":
    asyncio.run(main())

"""A mail server in a process of its own that takes every mail and keeps none: ``python -m bench.sink``.

It prints its port, and serves until its standard input ends.
"""

import asyncio
import sys

from aiosmtpd.smtp import SMTP, Envelope, Session


class Forgetful:
    """Says 250 to everything."""

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        """The reply to one message."""
        return "250 taken"


async def serve() -> None:
    """Takes mail on a free port of this machine."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Forgetful(), hostname="sink", loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())

"""An HTTP server that plays a partner's endpoint: answers as told, remembers what it got."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Got:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """`answer` gives status and headers; `delay` seconds pass before."""

    port: int = 0
    scheme: str = "http"
    delay: float = 0.0
    text: str = "ok"
    answer: Callable[[], tuple[int, dict[str, str]]] = lambda: (204, {})
    got: list[Got] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"

    def always(self, status: int, **headers: str) -> None:
        self.answer = lambda: (status, {name.replace("_", "-"): value for name, value in headers.items()})

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {
                name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.got.append(Got(head[0].split()[1], headers, body))
            await asyncio.sleep(self.delay)
            status, extra = self.answer()
            lines = [
                f"{name}: {value}" for name, value in {**extra, "content-length": str(len(self.text))}.items()
            ]
            text = "" if status == 204 else self.text
            lines = [line for line in lines if text or "content-length" not in line]
            writer.write("\r\n".join([f"HTTP/1.1 {status} X", *lines, "", text]).encode())
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    receiver = Receiver(scheme="https" if tls else "http")
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()

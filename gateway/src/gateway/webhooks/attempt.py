"""One attempt to deliver: what was answered, or why nothing was. No redirect is followed."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from gateway.webhooks.addresses import AddressRefused, Resolve, look_up, pin

TIMEOUT_SECONDS = 15.0
_KEPT_BYTES = 1_024


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` is the beginning of the body; `code` None means that nothing was answered, `error` says why."""

    duration_ms: int
    code: int | None = None
    text: str | None = None
    retry_after: str | None = None
    error: str | None = None

    @property
    def accepted(self) -> bool:
        return self.code is not None and 200 <= self.code < 300


class WebhookClient:
    """No connection is kept: it would be to an address, and another name may share that."""

    def __init__(
        self,
        *,
        allow_loopback: bool,
        resolve: Resolve = look_up,
        tls: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._allow_loopback, self._resolve, self._timeout = allow_loopback, resolve, timeout
        self._http = httpx.AsyncClient(
            verify=tls or ssl.create_default_context(),
            follow_redirects=False,
            trust_env=False,
            timeout=timeout,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            headers={"user-agent": "quanzi-webhooks", "accept-encoding": "identity"},
        )

    async def check(self, url: str) -> None:
        """Raises AddressRefused for an address that nothing will be sent to."""
        await pin(url, self._resolve, allow_loopback=self._allow_loopback)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        began = time.monotonic()

        def answer(**facts: object) -> Answer:
            return Answer(int((time.monotonic() - began) * 1000), **facts)  # type: ignore[arg-type]

        try:
            async with asyncio.timeout(self._timeout):
                target = await pin(url, self._resolve, allow_loopback=self._allow_loopback)
                request = self._http.build_request(
                    "POST",
                    target.url,
                    content=body,
                    headers={**headers, "host": target.host},
                    extensions={"sni_hostname": target.name},
                )
                response = await self._http.send(request, stream=True)
                try:
                    text = await _beginning(response)
                finally:
                    await response.aclose()
        except AddressRefused as error:
            return answer(error=str(error))
        except (TimeoutError, httpx.TimeoutException):
            return answer(error=f"no answer within {self._timeout:g} seconds")
        except httpx.HTTPError as error:
            return answer(error=f"{type(error).__name__}: {error}"[:300])
        retry_after = response.headers.get("retry-after")
        return answer(code=response.status_code, text=text, retry_after=retry_after)

    async def close(self) -> None:
        await self._http.aclose()


async def _beginning(response: httpx.Response) -> str:
    """Raw bytes as text: what the endpoint says is shown, not unpacked."""
    kept = b""
    async for chunk in response.aiter_raw():
        kept += chunk
        if len(kept) >= _KEPT_BYTES:
            break
    return kept[:_KEPT_BYTES].decode(errors="replace").replace("\x00", "�")

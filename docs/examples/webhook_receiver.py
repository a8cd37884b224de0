"""A webhook endpoint in one page: verifies the signature, drops what it has seen, prints the rest.

    pip install standardwebhooks
    export QUANZI_WEBHOOK_SECRET=whsec_…
    python webhook_receiver.py 9000

Answer 2xx quickly and work afterwards: after 15 seconds the attempt counts as failed and is repeated.
"""

# ruff: noqa: T201

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

WEBHOOK = Webhook(os.environ["QUANZI_WEBHOOK_SECRET"])
seen: set[str] = set()  # in a real tool: a unique key in your database


class Endpoint(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            event = WEBHOOK.verify(body, dict(self.headers))
        except WebhookVerificationError as error:
            self.answer(400, str(error))
            return
        if event["id"] not in seen:
            seen.add(event["id"])
            print(event["time"], event["type"], event.get("data"), flush=True)
        self.answer(200, "ok")

    def answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Endpoint).serve_forever()

"""The part of Triton's HTTP API that the platform uses: readiness.

https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/README.html
"""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        ready = self.path in ("/v2/health/ready", "/v2/health/live")
        self.send_response(200 if ready else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keeps health checks out of the log."""


def make_triton(host: str, port: int) -> ThreadingHTTPServer:
    """Makes the server; it listens at once."""
    return ThreadingHTTPServer((host, port), _Health)

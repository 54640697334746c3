"""What is wrong with a request, as the caller is told."""


class RefusalError(Exception):
    """A request that is answered by a status, a stable code for programs and a sentence for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def body(self) -> dict[str, str]:
        """Returns what the caller reads, also in the place of a result."""
        return {"code": self.code, "error": str(self)}

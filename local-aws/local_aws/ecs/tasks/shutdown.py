"""No task starts during shutdown, and a task that is starting is registered before all tasks are stopped.

A process started at the last moment would be in no list yet, and nothing would end it.
"""

import atexit
import threading
from typing import Any

from ministack.services import ecs

from local_aws.core.wrapping import Original, wrap

_WAIT_SECONDS = 3.0


class Gate:
    """Admits starts of containers until it is closed, then waits for those in progress."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._begun = 0
        self._closed = False

    def enter(self) -> None:
        """Begins a start; raises the error of a failed pull if the gate is closed."""
        with self._changed:
            if self._closed:
                raise ecs._ImagePullError("the local AWS is ending")
            self._begun += 1

    def leave(self) -> None:
        """Ends a start."""
        with self._changed:
            self._begun -= 1
            self._changed.notify_all()

    def close(self) -> None:
        """Admits no further start, and waits for those in progress."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: self._begun == 0, _WAIT_SECONDS)


def _gated(original: Original, gate: Gate, *arguments: Any, **named: Any) -> Any:
    gate.enter()
    try:
        return original(*arguments, **named)
    finally:
        gate.leave()


def install() -> None:
    """Puts the gate before the container runtime; it closes before the tasks are stopped."""
    gate = Gate()
    wrap(ecs, "_run_docker_container", _gated, gate)
    # The handler that was registered last runs first.
    atexit.register(gate.close)

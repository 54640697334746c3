"""Ours around what ministack does: the one way in which our modules change its functions."""

from collections.abc import Callable
from functools import partial
from typing import Any

# What a function of ours goes around.
Original = Callable[..., Any]


def wrap(holder: Any, name: Any, around: Callable[..., Any], *given: Any) -> None:
    """Puts `around` in the place of a function of a module, and of its table of actions, or of a table.

    It gets the function that was there, then what is given here, then the arguments of the call.
    """
    table = holder if isinstance(holder, dict) else vars(holder)
    original = table[name]
    table[name] = replacement = partial(around, original, *given)
    actions = table.get("_ACTION_MAP", {})
    for action in [each for each, function in actions.items() if function is original]:
        actions[action] = replacement

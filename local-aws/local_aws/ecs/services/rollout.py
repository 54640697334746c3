"""A rolling update: which tasks a service starts and stops next, within its minimum and maximum per cent.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Task = Any


@dataclass(frozen=True)
class Situation:
    """What a rollout depends on: `state` is its rolloutState, `healthy` and `waiting` are some tasks."""

    desired: int
    minimum_percent: int
    maximum_percent: int
    state: str
    may_start: bool
    current: Sequence[Task]
    old: Sequence[Task]
    healthy: Sequence[Task]
    waiting: Sequence[Task]


@dataclass(frozen=True)
class Moves:
    """How many tasks to start, which to stop, and whether the percentages allow neither."""

    start: int
    stop: list[Task]
    is_stuck: bool


def plan_rollout(now: Situation) -> Moves:
    """Plans the next moves of a service."""
    excess = list(reversed(now.current))[: max(0, len(now.current) - now.desired)]
    missing = max(0, now.desired - len(now.current))
    if now.state == "COMPLETED" or now.desired == 0:
        return Moves(missing if now.may_start else 0, [*excess, *now.old], is_stuck=False)
    if now.state == "FAILED":
        # A failed deployment starts nothing more; earlier tasks keep running.
        return Moves(0, excess, is_stuck=False)
    # The minimum is rounded up, the maximum down.
    least = math.ceil(now.desired * now.minimum_percent / 100)
    most = now.desired * now.maximum_percent // 100
    room = max(0, most - len(now.current) - len(now.old))
    stop = _stop_old(now, least, missing - room + len(now.waiting))
    start = min(missing, room) if now.may_start else 0
    is_stuck = missing > 0 and room == 0 and not stop and not now.current
    return Moves(start, [*excess, *stop], is_stuck)


def _stop_old(now: Situation, least: int, wanted: int) -> list[Task]:
    """Chooses old tasks that make room, or that healthy new ones stand for; never below the minimum."""
    # Unhealthy tasks do not count.
    sick = [task for task in now.old if task not in now.healthy]
    well = [task for task in now.old if task in now.healthy]
    spare = len(now.healthy) - least
    surplus = len(now.healthy) - now.desired
    count = min(spare, max(wanted - len(sick), surplus))
    return [*sick, *well[: max(0, count)]]

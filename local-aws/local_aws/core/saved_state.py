"""Stores of our own modules, saved and loaded together with ministack's in the folder for state.

Each `AccountRegionScopedDict` of a module of ours is kept, under the module's name and its own. ministack
saves when it ends and loads when it starts, one file a module: ours share `local_aws.json`.
"""

import json
import logging
import sys
from types import ModuleType
from typing import Any

import ministack.app
from ministack.core.responses import AccountRegionScopedDict

_NAME = "local_aws"
_log = logging.getLogger("local-aws")


def _stores() -> dict[str, Any]:
    return {
        f"{module_name}.{name}": value
        for module_name, module in list(sys.modules.items())
        if module_name.startswith(f"{_NAME}.")
        for name, value in vars(module).items()
        if isinstance(value, AccountRegionScopedDict)
    }


def _copy(store: Any) -> Any:
    copied = AccountRegionScopedDict()
    for (account, region, key), value in store.all_items():
        # Sets become lists.
        copied.set_scoped(account, region, key, json.loads(json.dumps(value, default=list)))
    return copied


def _save() -> dict[str, Any]:
    saved = {}
    for name, store in _stores().items():
        try:
            saved[name] = _copy(store)
        except TypeError:
            _log.exception("%s cannot be kept", name)
    return saved


def _load(data: dict[str, Any]) -> None:
    stores = _stores()
    for name, saved in data.items():
        if name in stores:
            stores[name].update(saved)


def install() -> None:
    """Adds our stores to ministack's table of what is saved."""
    module = ModuleType(f"ministack.services.{_NAME}")
    module.__dict__.update(get_state=_save, load_persisted_state=_load)
    ministack.app._state_map[_NAME] = _NAME
    ministack.app._loaded_modules[_NAME] = module

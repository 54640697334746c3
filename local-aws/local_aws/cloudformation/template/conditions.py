"""Evaluates the conditions of a template: with each function, and with what the stack is and where.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
"""

from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import changesets, engine, handlers, language_extensions, stacks

from local_aws.cloudformation.schema.resource_types import pseudo_parameters
from local_aws.cloudformation.schema.values import walk
from local_aws.core.wrapping import Original, wrap

Template = dict[str, Any]


def _used(value: Any) -> list[str]:
    """Lists the conditions that a condition is made of."""
    return [item for _, key, item in walk(value) if key == "Condition" and isinstance(item, str)]


def _check(template: Template, definitions: dict[str, Any]) -> None:
    known = pseudo_parameters() | (template.get("Parameters") or {}).keys()
    references = {name for name, _ in engine._intrinsic_references(definitions) if name not in known}
    if references:
        names = ", ".join(sorted(references))
        raise ValueError(
            f"Template format error: Unresolved dependencies [{names}]. Cannot reference resources in the "
            "Conditions block of the template"
        )
    unknown = sorted(set(_used(definitions)) - definitions.keys())
    if unknown:
        raise ValueError(
            f"Template format error: Unresolved condition dependency {unknown[0]} in the Conditions block of "
            "the template"
        )


def _texts(value: Any) -> Any:
    # A template's `true` is the text that a request gives, not Python's.
    if isinstance(value, list):
        return [_texts(item) for item in value]
    if isinstance(value, dict):
        return {name: _texts(item) for name, item in value.items()}
    return str(value).lower() if isinstance(value, bool) else value


def evaluate(template: Template, parameters: dict[str, Any]) -> dict[str, bool]:
    """Evaluates all conditions; raises ValueError where one refers to what is not there, or to itself."""
    definitions = _texts(template.get("Conditions") or {})
    _check(template, definitions)
    done: dict[str, bool] = {}

    def decide(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(f"Template format error: Circular dependency between conditions: [{name}]")
        for used in _used(definitions[name]):
            if used not in done:
                decide(used, (*above, name))
        mappings = template.get("Mappings", {})
        done[name] = bool(engine._resolve_refs(definitions[name], {}, parameters, done, mappings, "", ""))

    for name in definitions:
        if name not in done:
            decide(name, ())
    return done


def _extended(original: Original, template: Template, parameters: dict[str, Any]) -> Template:
    # Collections of loops may be looked up by them, such as the number of the account in Mappings.
    place = {"AWS::AccountId": get_account_id(), "AWS::Region": get_region()}
    extended: Template = original(template, place | parameters)
    return extended


def install() -> None:
    """Replaces ministack's evaluation, which knows parameters only, as its language extensions do."""
    wrap(language_extensions, "apply", _extended)
    for module in (engine, stacks, handlers, changesets):
        module._evaluate_conditions = evaluate

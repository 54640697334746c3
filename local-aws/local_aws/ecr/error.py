"""An error of ECR: its name in the API, and the text."""

from ministack.core.responses import get_account_id


class EcrError(Exception):
    """Carries the name of an exception of ECR's API, such as `RepositoryNotFoundException`."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def in_registry() -> str:
    """Names this account's registry, in the words that end most messages of ECR."""
    return f"in the registry with id '{get_account_id()}'"


def invalid_parameter(name: str, constraint: str) -> EcrError:
    """Creates the error for a value that breaks a constraint of its parameter."""
    text = f"Invalid parameter at '{name}' failed to satisfy constraint: '{constraint}'"
    return EcrError("InvalidParameterException", text)

"""Validates templates with AWS's cloudformation-validate: prints what is wrong, and fails if anything is."""

import sys

from cloudformation_validate import CompositeEngine, Severity

# Rules that find nothing true in our templates, with the reason.
IGNORED = {
    "W1001": "it misses the condition in the list of a Join; cfn-lint has the same rule, and sees it",
    "W1030": "it takes the default of a parameter for its value, where a condition keeps the empty text away",
    "W2506": "the parameter is the name of an SSM parameter, which EC2 reads at launch",
    "E3019": "it takes names that a condition chooses for the empty text, and so for the same",
}


def main(paths: list[str]) -> int:
    """Validates the templates; returns the number of findings that are not ignored."""
    engine = CompositeEngine()
    findings = 0
    for path in paths:
        for found in engine.validate_template(path).diagnostics:
            if found.severity in (Severity.INFO, Severity.DEBUG) or found.rule_id in IGNORED:
                continue
            findings += 1
            print(f"{path}: {found.rule_id} {found.severity.name}: {found.message}")
    return findings


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))

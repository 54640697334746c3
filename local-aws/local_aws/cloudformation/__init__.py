"""CloudFormation: templates, properties, change sets, stacks, and types that ministack lacks."""

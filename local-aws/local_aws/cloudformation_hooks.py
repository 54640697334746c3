"""What the modules of CloudFormation replace or call in ministack, in the order in which they are installed.

Where several go around one action, the later one is asked first.
"""

# Module of ours -> the private names of ministack that it replaces or calls, as `module:name`.
MODULES: dict[str, tuple[str, ...]] = {
    "local_aws.cloudformation_actions": (
        "ministack.services.cloudformation:_stacks",
        "ministack.services.cloudformation:handle_request",
        "ministack.services.cloudformation.changesets:_find_change_set",
        "ministack.services.cloudformation.handlers:_ACTION_HANDLERS",
        "ministack.services.cloudformation.handlers:_resolve_stack",
        "ministack.services.cloudformation.helpers:_error",
        "ministack.services.cloudformation.helpers:_p",
        "ministack.services.cloudformation.helpers:_xml",
    ),
    "local_aws.cloudformation_validation": (
        "ministack.services.cloudformation:_change_sets",
        "ministack.services.cloudformation:_stacks",
        "ministack.services.cloudformation.engine:_NO_VALUE",
        "ministack.services.cloudformation.engine:_intrinsic_references",
        "ministack.services.cloudformation.engine:_resolve_refs",
        "ministack.services.cloudformation.stacks:_validation_errors",
        "ministack.services.cloudwatch_logs:_log_groups",
        "ministack.services.ecr:_repositories",
        "ministack.services.iam:_roles",
        "ministack.services.lambda_svc:_functions",
        "ministack.services.s3:_bucket_has_versions",
        "ministack.services.s3:_bucket_owner_account",
        "ministack.services.s3:_buckets",
    ),
    "local_aws.cloudformation_events": (
        "ministack.services.cloudformation:_stack_events",
        "ministack.services.cloudformation.handlers:_ACTION_HANDLERS",
        "ministack.services.cloudformation.handlers:_resolve_stack",
        "ministack.services.cloudformation.helpers:_page",
        "ministack.services.cloudformation.stacks:_operation_event",
    ),
    "local_aws.cloudformation_conditions": (
        "ministack.services.cloudformation.changesets:_evaluate_conditions",
        "ministack.services.cloudformation.engine:_evaluate_conditions",
        "ministack.services.cloudformation.handlers:_evaluate_conditions",
        "ministack.services.cloudformation.stacks:_evaluate_conditions",
    ),
    "local_aws.cloudformation_template": (
        "ministack.services.cloudformation.changesets:_parse_template",
        "ministack.services.cloudformation.changesets:validate_template_support",
        "ministack.services.cloudformation.engine:_TransformFailed",
        "ministack.services.cloudformation.engine:_topological_sort",
        "ministack.services.cloudformation.handlers:_capabilities_enforced",
        "ministack.services.cloudformation.handlers:_parse_template",
        "ministack.services.cloudformation.handlers:validate_template_support",
        "ministack.services.cloudformation.provisioners:_RESOURCE_HANDLERS",
    ),
    "local_aws.cloudformation_template_url": (
        "ministack.services.cloudformation.helpers:_resolve_document",
        "ministack.services.s3:_get_object_data",
    ),
    "local_aws.cloudformation_parameters": (
        "ministack.services.cloudformation.changesets:_resolve_parameters",
        "ministack.services.cloudformation.engine:_SSM_PARAMETER_VALUE_PREFIX",
        "ministack.services.cloudformation.handlers:_resolve_parameters",
        "ministack.services.ssm:resolve_parameter_value",
    ),
    "local_aws.cloudformation_exports": (
        "ministack.services.cloudformation:_exports",
        "ministack.services.cloudformation.handlers:_imported_export_names",
        "ministack.services.cloudformation.stacks:_resolve_stack_outputs",
    ),
    "local_aws.cloudformation_iam": (
        "ministack.services.cloudformation.provisioners:_RESOURCE_HANDLERS",
        "ministack.services.iam:_create_oidc_provider",
        "ministack.services.iam:_create_service_linked_role",
        "ministack.services.iam:_delete_oidc_provider",
        "ministack.services.iam:_delete_service_linked_role",
        "ministack.services.iam:_instance_profiles",
        "ministack.services.iam:_oidc_providers",
    ),
    "local_aws.cloudformation_athena": (
        "ministack.services.athena:_create_named_query",
        "ministack.services.athena:_delete_named_query",
        "ministack.services.cloudformation.provisioners:_RESOURCE_HANDLERS",
    ),
    "local_aws.cloudformation_budgets": (
        "ministack.services.budgets:_create_budget",
        "ministack.services.budgets:_delete_budget",
        "ministack.services.budgets:_update_budget",
        "ministack.services.cloudformation.provisioners:_RESOURCE_HANDLERS",
        "ministack.services.cloudformation.provisioners:_physical_name",
    ),
    "local_aws.cloudformation_attributes": (
        "ministack.services.cloudformation.engine:_unknown_attribute_message",
        "ministack.services.cloudformation.stacks:_provision_resource",
        "ministack.services.cloudformation.stacks:_update_resource",
    ),
    "local_aws.cloudformation_provisioning": (
        "ministack.services.cloudformation.changesets:_IMPORT_LOOKUPS",
        "ministack.services.cloudformation.changesets:_import_not_found",
        "ministack.services.cloudformation.helpers:_sdk_error",
        "ministack.services.cloudformation.stacks:_provision_resource",
        "ministack.services.cloudformation.stacks:_runs_on_worker_thread",
        "ministack.services.cloudformation.stacks:_update_resource",
    ),
    "local_aws.cloudformation_stack_policy": (
        "ministack.services.cloudformation.helpers:_resolve_document",
        "ministack.services.cloudformation.provisioners:_replacing_change",
        "ministack.services.cloudformation.stacks:_resolve_stack_outputs",
        "ministack.services.cloudformation.stacks:_update_resource",
    ),
    "local_aws.cloudformation_deletion": (
        "ministack.services.cloudformation.provisioners:_RESOURCE_HANDLERS",
        "ministack.services.ecr:_images",
    ),
    "local_aws.cloudformation_change_sets": (
        "ministack.services.cloudformation:_change_sets",
        "ministack.services.cloudformation:_stack_events",
        "ministack.services.cloudformation:_stacks",
    ),
    "local_aws.cloudformation_changes": (
        "ministack.services.cloudformation.engine:_evaluate_conditions",
        "ministack.services.cloudformation.handlers:_ACTION_HANDLERS",
    ),
    "local_aws.cloudformation_replacement": (
        "ministack.services.cloudformation.provisioners:_property_recreation",
        "ministack.services.cloudformation.stacks:_property_recreation",
    ),
    "local_aws.cloudformation_operations": (
        "ministack.services.cloudformation.changesets:_find_change_set",
        "ministack.services.cloudformation.stacks:_add_event",
    ),
    "local_aws.cloudformation_update_events": (
        "ministack.services.cloudformation.stacks:_add_event",
        "ministack.services.cloudformation.stacks:_delete_resource",
        "ministack.services.cloudformation.stacks:_resolve_stack_outputs",
        "ministack.services.cloudformation.stacks:_update_resource",
    ),
    "local_aws.cloudformation_stack_status": ("ministack.services.cloudformation.handlers:_ACTION_HANDLERS",),
}

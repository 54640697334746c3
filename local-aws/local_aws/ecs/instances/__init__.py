"""Container instances: placement of tasks and managed scaling."""

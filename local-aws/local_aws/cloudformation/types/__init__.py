"""Resource types that ministack lacks or implements in part."""

"""Instance types: what ECS sees of them, and which vCPU quota counts them.

https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class InstanceType:
    """An instance type: vCPUs, MiB that tasks may have, GPUs, network interfaces, code of its vCPU quota."""

    vcpus: int
    memory: int
    gpus: int
    interfaces: int
    quota: str


# https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
_GPU_QUOTA, _STANDARD_QUOTA = "L-DB2E81BA", "L-1216C47A"
# What the system and the agent leave of an instance's memory, about.
_USABLE = 0.93

# Size -> GPUs; family -> network interfaces of each of these sizes.
_GPUS = {"xlarge": 1, "2xlarge": 1, "4xlarge": 1, "12xlarge": 4}
_WITH_GPUS = {"g4dn": (3, 3, 3, 8), "g5": (4, 4, 8, 15), "g6": (4, 4, 8, 8)}
_BURSTABLE = {"micro": (2, 1, 2), "small": (2, 2, 3), "medium": (2, 4, 3)}
# Size -> vCPUs, network interfaces; family's first letter -> GiB a vCPU.
_SIZES = {
    "large": (2, 3),
    "xlarge": (4, 4),
    "2xlarge": (8, 4),
    "4xlarge": (16, 8),
    "8xlarge": (32, 8),
    "12xlarge": (48, 8),
    "16xlarge": (64, 15),
    "24xlarge": (96, 15),
}
_GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8, "t": 4}


def find_instance_type(name: str) -> InstanceType | None:
    """Finds a type with GPUs, or one of the families t, c, m and r; none for others."""
    family, _, size = name.partition(".")
    gpus = 0
    if family in _WITH_GPUS and size in _GPUS:
        vcpus, gpus = _SIZES[size][0], _GPUS[size]
        gib, interfaces = vcpus * 4, _WITH_GPUS[family][list(_GPUS).index(size)]
    elif family[:1] == "t" and size in _BURSTABLE:
        vcpus, gib, interfaces = _BURSTABLE[size]
    elif family[:1] in _GIB_PER_VCPU and family[1:2].isdecimal() and size in _SIZES:
        vcpus, interfaces = _SIZES[size]
        gib = vcpus * _GIB_PER_VCPU[family[:1]]
    else:
        return None
    quota = _GPU_QUOTA if gpus else _STANDARD_QUOTA
    return InstanceType(vcpus, int(gib * 1024 * _USABLE), gpus, interfaces, quota)

"""Operations on stacks: statuses, events, deletion, provisioning."""

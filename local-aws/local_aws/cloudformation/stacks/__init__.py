"""Operations on stacks: statuses, events, exports, deletion, provisioning."""

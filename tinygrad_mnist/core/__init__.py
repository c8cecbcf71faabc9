"""What a tape is. To be read in this order: errors, dtypes, device, state, tensor, record,
inplace, arithmetic,
backward, modes, replay, surface, printing."""

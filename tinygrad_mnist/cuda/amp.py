"""`torch.cuda.amp`: the older names of `amp`."""

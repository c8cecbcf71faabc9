"""What PyTorch programs import that is only a path, a stub that declines, or an old name here.

A module of PyTorch's name holds what can be answered (`cuda.is_available()` is False) and refuses
the rest with an error that says why. `paths.register_paths` makes `import tinygrad_mnist.cuda.amp`
find them.
"""

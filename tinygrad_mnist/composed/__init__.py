"""Functions made of the operations in `ops`, as a user could have written them.

The only rule of their own is that of `scatter_reduce` with amax and amin.
"""

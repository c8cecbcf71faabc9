"""The commands of `tinygrad-mnist`, a file each."""

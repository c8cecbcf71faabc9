"""The demo page: draw a digit, see what the network makes of it, and watch how it learns."""

"""The experiments that the chapters tell of: real runs, with their seeds, and what they came to."""

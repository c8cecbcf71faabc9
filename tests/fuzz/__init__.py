"""Damaged and hostile input for everything that reads files or answers requests.

`python -m tests.fuzz 100000` gives so many mutated inputs to the readers, each in turn, and stops
with a list of those that did not end in a clean refusal or a clean result. Each such input is
written to tests/fuzz/found, where test_fuzz.py tries it again from then on.
"""

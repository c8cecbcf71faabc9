"""The programs that draw the figures of the chapters."""

"""Measurements of the project's claims about speed and memory."""

"""The chapters, and the engine that they build."""

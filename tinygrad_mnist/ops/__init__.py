"""The differentiable operations, by kind."""

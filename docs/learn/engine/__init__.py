"""The engine that chapter 4 builds, stage by stage."""

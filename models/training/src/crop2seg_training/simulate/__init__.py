"""Simulated Sentinel-2 scenes of farmland with true labels. Door of this room."""

from crop2seg_training.simulate.scene import Scene, simulate_scene

__all__ = ["Scene", "simulate_scene"]

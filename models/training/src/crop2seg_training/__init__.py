"""Networks, simulated data, training, export and evaluation of the Crop2Seg models."""

__version__ = "0.1.0"

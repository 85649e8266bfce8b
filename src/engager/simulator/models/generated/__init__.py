"""The kernels of the shipped models, generated from their texts."""

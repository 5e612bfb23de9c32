"""The network: tokens, architecture, optimiser, batches, checkpoints and conversion."""

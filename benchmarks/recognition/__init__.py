"""What the recognition benchmarks share: evaluation sets, clips, scores."""

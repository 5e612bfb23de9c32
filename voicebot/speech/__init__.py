"""Turn taking: who has the floor."""

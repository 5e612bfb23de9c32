"""One step a module, each with its own frozen copy of what it makes."""

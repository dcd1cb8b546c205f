"""The exercises, one file each. A file's name, with hyphens for underscores, is the exercise's name."""

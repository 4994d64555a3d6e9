"""Model folders: saved and loaded whole or not at all."""

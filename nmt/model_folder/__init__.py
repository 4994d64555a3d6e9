"""Model folders, which are saved and loaded all or nothing."""

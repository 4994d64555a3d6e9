"""What must come through a translation letter by letter."""

"""Reading and writing: lines, whole files, records."""

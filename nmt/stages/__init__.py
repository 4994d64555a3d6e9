"""The stages of the pipeline: one module a command, each from files to files."""

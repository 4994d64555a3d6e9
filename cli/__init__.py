"""The command line: one file per subcommand, each a thin layer over its stage in nmt.stages."""

"""Power plants and capacity of Thailand, open data: one contract, one sample, one parser, the bundled files."""

"""One folder per source: its contract, and a parser where the shape is odd. Folders are found, never registered."""

"""`python -m simulator`."""

from .cli import main

# The guard matters: the benchmark's worker processes import this module again.
if __name__ == "__main__":
    main()

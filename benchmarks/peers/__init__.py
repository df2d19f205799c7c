"""What we compare ourselves with; each module runs in an environment of its own."""

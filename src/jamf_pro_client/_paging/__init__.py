"""Walks over pages: decisions in `walk`, `rows` and `calls`, threads and tasks around them."""

"""Walks over pages: `walk`, `rows` and `calls` decide, `pages` performs, in threads and tasks."""

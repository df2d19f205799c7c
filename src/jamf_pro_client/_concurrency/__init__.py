"""Threads and tasks that end with the iterator that began them."""

"""How tokens are fetched, kept, shared and attached."""

"""What is retried, when and how often: decisions only, without a socket, a clock or a sleep."""

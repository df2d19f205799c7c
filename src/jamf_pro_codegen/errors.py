"""What the pipeline says when it stops."""


class CodegenError(Exception):
    """The input or a step is at fault; the message says what and how to go on."""

"""What a reader is told, as blocks that every format renders."""

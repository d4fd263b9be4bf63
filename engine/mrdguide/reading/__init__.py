"""From text to data with positions, and from data to typed models with pointed errors."""

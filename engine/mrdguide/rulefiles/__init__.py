"""What rule files say, and the mistakes in them."""

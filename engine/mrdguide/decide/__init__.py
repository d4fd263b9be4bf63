"""From verdicts to an outcome: Kleene evaluation, exact decision diagrams, and durable-rules as the second engine."""

"""Why an answer is given, why another is not, what would settle or change it, when, and how firm it is."""

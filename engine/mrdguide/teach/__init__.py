"""Teaching with the example cases."""

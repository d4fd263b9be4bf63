"""Three-valued truth and the operators of the rule language; one file per operator family."""

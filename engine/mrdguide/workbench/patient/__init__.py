"""The patient view: the form, the interview, the timeline and the answer beside them."""

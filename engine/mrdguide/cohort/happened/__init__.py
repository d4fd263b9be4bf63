"""What happened to patients after stopping, beside what the rules said of them: described, never compared."""

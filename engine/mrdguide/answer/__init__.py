"""What the engine answers: criteria, missing facts, risk, study patterns, provenance. Data; nothing here explains or renders."""

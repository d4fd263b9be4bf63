"""Laws: what must hold for every rule book and every patient, tried on generated ones."""

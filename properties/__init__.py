"""What must hold: every property with its id, which is part of the public contract."""

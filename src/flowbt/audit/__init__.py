"""Does it look ahead? The future is cut off, poisoned, and the past cut off, and the answers must not change."""

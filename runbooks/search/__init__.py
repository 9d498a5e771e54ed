"""Finding things: how texts are indexed, how a question is understood, and what is given back."""

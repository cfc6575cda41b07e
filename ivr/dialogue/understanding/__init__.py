"""What callers mean by the words that were heard. Pure: hypotheses go in, candidates and decisions come out."""

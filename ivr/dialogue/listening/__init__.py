"""Turn taking by voice: when a prompt stops, when a phrase begins and ends, when tones or silence take over. Pure: the
shell feeds frames, words and times, and performs the commands."""

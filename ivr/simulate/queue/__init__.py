"""A centre's day under a virtual clock: the ACD that answers real callers, with people of chance around it."""

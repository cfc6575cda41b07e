"""What an operator does in a talk: hold, transfer, conference, warning; and the keys he does it with. Pure."""

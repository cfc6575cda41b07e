"""`ivr bench ringing`: from an operator's «ready» to the ringing of his telephone, with so many callers in line."""

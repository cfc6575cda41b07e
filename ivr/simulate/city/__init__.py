"""The city: a second private Asterisk that plays the telephone network, with people who are real on the wire.

Reading order: people.py (what a scenario is written with), network.py (the city), ear.py (proof of what was heard).
"""

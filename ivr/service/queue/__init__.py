"""The live queue: the ACD on real telephones, what a waiting caller hears, who is on duty, the mark after the talk."""

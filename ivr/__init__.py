"""A contact centre for electricity suppliers: IVR, meter readings, queue and recordings on Asterisk."""

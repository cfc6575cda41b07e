"""Makes the acoustic model that ships in `asr_models/`, from packages alone. Not needed to run the centre."""

"""python -m speech_training STEP: see scripts/train_speech_model.sh."""

from speech_training.steps import main

main()

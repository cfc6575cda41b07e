#!/bin/sh
# Makes the speech model in asr_models/ anew: packages, voices, calls, training, export, measurement. Two cores need
# about three hours. A broken run goes on where it stopped. Arguments: scripts/train_speech_model.sh --help
# IVR_TRAIN_REQUIREMENTS=requirements/train.in takes the newest packages instead of the locked ones, as where only the
# CPU build of torch is to be had. Root is needed for one voice (festival runs in a mount namespace of its own).
set -eu
cd "$(dirname "$0")/.."
. scripts/python.sh
for program in espeak-ng apt-get dpkg unshare; do
    command -v "$program" >/dev/null || { echo "$program is needed" >&2; exit 1; }
done
venv=var/speech/venv
wanted=${IVR_TRAIN_REQUIREMENTS:-requirements/train.lock}
if [ ! -e "$venv/ready" ]; then
    "$python" -m venv "$venv"
    "$venv/bin/pip" install --quiet -r "$wanted"
    touch "$venv/ready"
fi
exec nice -n 10 "$venv/bin/python" -m speech_training "$@"

"""Train triage from the labelled utterances: ``python -m voicebot.services.triage.train`` (seconds)."""

from __future__ import annotations

from voicebot.services.triage.fitting import fit_calibrated
from voicebot.services.triage.loading import (
    WEIGHTS_FILE,
    checksum,
    load_examples,
    load_vocabulary,
    save_model,
)


def main() -> None:
    """Fit, calibrate and write ``weights.npz``."""
    examples = load_examples()
    vocabulary = load_vocabulary()
    model = fit_calibrated(examples, vocabulary, checksum(examples, vocabulary))
    save_model(model)
    print(f"{WEIGHTS_FILE}: {len(examples)} utterances, {len(model.codes)} types")


if __name__ == "__main__":
    main()

"""What was found in a checkpoint, in words."""

from __future__ import annotations

from crop2seg_training.data import BANDS
from crop2seg_training.importer.preparation import Prepared
from crop2seg_training.networks import NetworkConfig, parameter_count

_COLUMN = 15
"""Characters of the first column."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def describe(prepared: Prepared) -> str:
    """Everything that the card will say, for comparison with what its owner knows."""
    published, architecture = prepared.published, prepared.architecture
    config = architecture.config
    rows: list[tuple[str, str]] = [
        ("checkpoint", _checkpoint(prepared)),
        ("network", f"{architecture.model}, by {architecture.source}"),
        ("parameters", f"{parameter_count(prepared.network):,}".replace(",", " ")),
        ("encoder", " ".join(map(str, config.encoder_widths))),
        ("decoder", f"{' '.join(map(str, config.decoder_widths))}, last block {_last(config)}"),
        (
            "attention",
            f"{config.heads} heads, keys {config.key_width}, values {config.model_width}",
        ),
        ("classes", _classes(prepared)),
        ("day 0", reference_text(prepared)),
        *_normalisation(prepared),
    ]
    rows += [("option", text) for text in _options(config)]
    rows += [("rewritten", change) for change in published.changes]
    rows += [("assumed", text) for text in architecture.assumed]
    return "\n".join(f"{name:<{_COLUMN}}{text}".rstrip() for name, text in rows)


def _normalisation(prepared: Prepared) -> list[tuple[str, str]]:
    norm = prepared.norm
    if norm is None:
        return [("normalisation", "not looked at: give NORM_S2_patch.json with --norm")]
    rows = [
        ("normalisation", f"{norm.source} of {prepared.source.norm}"),
        ("", f"{'band':>4}  {'mean':>9}  {'std':>9}  (in the file: {' '.join(norm.order)})"),
    ]
    numbers = norm.normalisation
    for band, mean, std in zip(BANDS, numbers.mean, numbers.std):
        rows.append(("", f"{band:>4}  {mean:>9.2f}  {std:>9.2f}"))
    return rows + ([("doubtful", norm.doubt)] if norm.doubt else [])


def reference_text(prepared: Prepared) -> str:
    """The day that days are counted from, of any season and of the training data's."""
    reference = prepared.date_reference
    years = reference.years_before_season
    before = "of the season" if years == 0 else "of the year before the season"
    if years > 1:
        before = f"{years} years before the season"
    day = f"{reference.day} {_MONTHS[reference.month - 1]} {before}"
    return f"{day} ({prepared.reference_date} for {prepared.source.season})"


def _last(config: NetworkConfig) -> str:
    return " ".join(str(width) for width in (*config.head_widths[1:], config.classes))


def _options(config: NetworkConfig) -> list[str]:
    """What the published networks do not have."""
    usual = NetworkConfig()
    flags = ("conv_type", "add_squeeze", "num_queries")
    values = {flag: getattr(config, flag) for flag in flags}
    return [f"{k} = {value}" for k, value in values.items() if value != getattr(usual, k)]


def _checkpoint(prepared: Prepared) -> str:
    published = prepared.published
    parts = [f"{published.path}, {len(published.weights)} tensors"]
    if published.epoch is not None:
        parts.append(f"epoch {published.epoch}")
    if published.best_miou is not None:
        parts.append(f"best validation mIoU {published.best_miou:.2f}")
    return ", ".join(parts)


def _classes(prepared: Prepared) -> str:
    legend = prepared.legend
    names = ", ".join(legend.names)
    return f"{len(legend.names)}: {names}; ignored: {legend.names[legend.ignored]}"

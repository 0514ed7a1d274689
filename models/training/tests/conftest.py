"""Networks that the tests of export share."""

from __future__ import annotations

import numpy as np
import pytest

from crop2seg_training.export import CardText, made_tile, write_model_folder
from crop2seg_training.export.agreement import AgreementSet, LabelledScene
from crop2seg_training.export.stages import STAGES
from crop2seg_training.export.variants import VARIANTS
from crop2seg_training.networks import SeriesNetwork
from exported import Exported, with_lively_weights


@pytest.fixture(scope="session", params=STAGES)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Each network in every precision; the golden tile serves as labelled scene."""
    network = with_lively_weights(request.param)
    folder, tile = tmp_path_factory.mktemp(request.param), made_tile()
    labels = np.zeros(tile.dn.shape[-2:], np.uint8)
    scene = LabelledScene(tile.dn, np.array(tile.days, np.int32), labels)
    text = CardText(name="test", architecture=request.param)
    report = write_model_folder(
        folder, network, text, tile, VARIANTS, [AgreementSet("golden tile", [scene])]
    )
    return Exported(network, folder, report)


@pytest.fixture(scope="session")
def network() -> SeriesNetwork:
    return with_lively_weights("timeunet")

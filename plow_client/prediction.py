"""What earlier attempts say of the next, and how good that was."""

from __future__ import annotations

from plow_client.current import server
from plow_client.entity import Record
from plow_client.idl import PredictionQualityT, PredictionT


class Prediction(Record[PredictionT]):
    """What a layer's next attempts will use: memory that is booked (MB, 0: too little is known), cores, milliseconds.

    So large a part of the attempts as `quantile` needed no more memory. `confidence` is 0 to 1, by how much is known,
    how close it is and how alike it was; `basis` says it in a sentence.
    """

    __slots__ = ()
    _struct = PredictionT
    ram_mb: int
    cores: float
    clock_ms: int
    quantile: float
    confidence: float
    samples: int
    basis: str


class PredictionQuality(Record[PredictionQualityT]):
    """Of one service, over the attempts that were booked by a prediction.

    `median_ram_ratio` is memory used over memory booked, `within_ram` the part of the attempts that were booked with
    at most a quarter more or less than they used, `median_clock_ratio` time taken over time predicted.
    """

    __slots__ = ()
    _struct = PredictionQualityT
    serv: str
    attempts: int
    median_ram_ratio: float
    within_ram: float
    median_clock_ratio: float
    killed_for_memory: int


def get_prediction_quality(days: int = 7) -> list[PredictionQuality]:
    """How good predictions were in the last days, by service, the most attempts first."""
    return [PredictionQuality(row) for row in server().getPredictionQuality(days)]

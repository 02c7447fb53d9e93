"""How well memory is booked on a show of 20 versions, with history and without: reserved against used, and killed.

python -m benchmarks.simulated_show

Layers of unlike sizes are launched 20 times. From version to version a layer's memory drifts, now and then it jumps (a
new asset); its frames differ, and much the same ones are large each time. The real functions launch, book, end and
learn; an attempt that uses more than was booked is killed: stricter than a farm that kills at a layer's maximum only.
Without history a task is booked with what somebody typed: the next power of two above a fifth more than the layer
needed at first.
"""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from plow_client.idl import JobSpecT, LayerSpecT, NeedsT
from plow_server.config import Limit
from plow_server.database import Database, Row
from plow_server.embedded import Embedded
from plow_server.launch import launch
from plow_server.migrate import migrate

MOST = 250_000
LANES = 8  # attempts of a layer that run at a time
_FARM = """
    with made as (
      insert into plow.node (cluster_id, name, address, tags)
      select id, 'n1', '127.0.0.1:1', '{render}' from plow.cluster where is_default returning id),
    counted as (
      insert into plow.node_counter select id, 1000, 100000000, 1000, 100000000, 0 from made),
    heard as (
      insert into plow.node_report (node_id, updated) select id, plow.now() from made)
    select id::text from made
"""


@dataclass
class Wish:
    """How the show is drawn; spreads are parts, e.g. 0.08 for 8 %."""

    layers: int = 4
    versions: int = 20
    frames: int = 48
    drift: float = 0.05
    jumps: float = 0.01  # how often
    shape: float = 0.08  # between the frames of a version
    noise: float = 0.02  # of one attempt
    seed: int = 1


@dataclass
class Outcome:
    """Of every attempt: booked over used where it sufficed, and how many were killed."""

    ratios: list[float] = field(default_factory=list)
    killed: int = 0

    @property
    def within(self) -> float:
        """The part that was booked with no more and no less than a quarter off what it used."""
        return sum(abs(ratio - 1) <= 0.25 for ratio in self.ratios) / len(self.ratios)

    @property
    def lost(self) -> float:
        """The part of all attempts that was killed for memory."""
        return self.killed / (len(self.ratios) + self.killed)

    @property
    def median(self) -> float:
        """Of booked over used."""
        return sorted(self.ratios)[len(self.ratios) // 2]


class Drawn:
    """What a layer's frames need, version after version."""

    def __init__(self, wish: Wish, rng: random.Random) -> None:
        self._wish, self._rng = wish, rng
        self._level = rng.choice([900, 2000, 6000, 15_000, 40_000]) * rng.uniform(0.7, 1.4)
        wave, phase = rng.uniform(0, 2 * wish.shape), rng.uniform(0, 2 * math.pi)
        self._frames = [
            math.exp(wave * math.sin(phase + 2 * math.pi * n / wish.frames) + rng.gauss(0, wish.shape / 3))
            for n in range(wish.frames)
        ]
        typed = self._level * max(self._frames) * 1.2
        self.typed = min(2 ** math.ceil(math.log2(typed)), MOST)

    def next_version(self) -> None:
        """Drift, and perhaps jump; the frames change a little against each other."""
        wish, rng = self._wish, self._rng
        self._level *= math.exp(rng.gauss(0, wish.drift))
        if rng.random() < wish.jumps:
            self._level *= rng.choice([0.7, 1.4])
        self._frames = [one * math.exp(rng.gauss(0, wish.shape / 6)) for one in self._frames]

    def need(self, frame: int) -> int:
        """MB of one attempt."""
        return round(self._level * self._frames[frame - 1] * math.exp(self._rng.gauss(0, self._wish.noise)))


def play(db: Database, wish: Wish, *, with_history: bool) -> Outcome:
    """The whole show on the seed's farm and one endless node."""
    rng, outcome = random.Random(wish.seed), Outcome()
    drawn = [Drawn(wish, rng) for _ in range(wish.layers)]
    with psycopg.connect(db.dsn, autocommit=True) as connection:
        (node,) = connection.execute(_FARM).fetchone() or ("",)
    for version in range(1, wish.versions + 1):
        for number, layer in enumerate(drawn):
            layer.next_version()
            job = _launch(db, f"show{number}_v{version:03}", wish, layer, with_history)
            (found,) = db.all("layers_of_job", job_id=job)
            for batch in _batches(db, found["id"], node):
                _end(db, batch, layer, outcome)
                if with_history:
                    db.run("learn_history")
    return outcome


def _launch(db: Database, name: str, wish: Wish, drawn: Drawn, with_history: bool) -> str:
    layer = LayerSpecT(
        name="beauty", command=["render"], range=f"1-{wish.frames}", minRam=drawn.typed, maxRam=MOST,
        needs=NeedsT(fitRam=with_history),
    )  # fmt: skip
    spec = JobSpecT(name=name, project="default", username="anna", layers=[layer])
    return launch(db, spec, limit=Limit(jobs_per_user_minute=0), log_root=Path("/logs"))


def _batches(db: Database, layer: str, node: str) -> Iterator[list[Row]]:
    while booked := db.all("commit_plan", p_layer=[layer], p_node=[node], p_n=[LANES]):
        yield booked


def _end(db: Database, batch: list[Row], drawn: Drawn, outcome: Outcome) -> None:
    """Whoever was booked with too little is killed, the others succeed."""
    numbers = {task["id"]: task["number"] for task in db.all("tasks", **_of(batch))}
    used, ends = [], []
    for row in batch:
        need = drawn.need(numbers[row["task_id"]])
        enough = need <= row["ram"]
        used.append(min(need, row["ram"]))
        ends.append("EXITED" if enough else "MEMORY")
        if enough:
            outcome.ratios.append(row["ram"] / need)
        else:
            outcome.killed += 1
    n = len(batch)
    db.all(
        "complete_tasks", p_proc=[row["proc_id"] for row in batch], p_status=[int(end == "MEMORY") for end in ends],
        p_signal=[0] * n, p_end=ends, p_reason=[""] * n, p_high_ram=used, p_high_cores=[1.0] * n,
        p_clock_ms=[60_000] * n, p_cpu_ms=[60_000] * n,
    )  # fmt: skip


def _of(batch: list[Row]) -> dict[str, object]:
    criteria: dict[str, object] = dict.fromkeys(("job", "layers", "nodes", "states", "since_ms", "limit"))
    return {**criteria, "offset": 0, "tasks": [row["task_id"] for row in batch]}


def show(name: str, outcome: Outcome) -> None:
    """A line."""
    print(
        f"{name:<34} booked / used {outcome.median:5.2f}  within 25 % {outcome.within:6.1%}  "
        f"killed {outcome.lost:6.2%}  attempts {len(outcome.ratios) + outcome.killed:,}",
        flush=True,
    )


def main() -> None:
    """Shows that differ in how unlike their frames are, each with history and without."""
    for shape in (0.03, 0.08, 0.15):
        for with_history in (True, False):
            with tempfile.TemporaryDirectory(prefix="plow-show-", ignore_cleanup_errors=True) as folder:
                Path(folder).chmod(0o755)
                with Embedded(Path(folder) / "server") as embedded:
                    migrate(embedded.dsn)
                    with Database(embedded.dsn) as db:
                        outcome = play(db, Wish(shape=shape), with_history=with_history)
                        name = f"frames differ by {shape:.0%}, {'history' if with_history else 'as typed'}"
                        show(name, outcome)


if __name__ == "__main__":
    main()

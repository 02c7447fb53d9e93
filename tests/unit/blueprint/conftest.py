"""A server that remembers what it was asked, for tests of what submits."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from plow_client import current
from plow_client.idl import JobState, JobT, LayerT, OutputT, TaskTotalsT


class Farm(SimpleNamespace):
    """A server that remembers what it was asked and answers the least that is true."""

    def __init__(self):
        super().__init__(specs=[], outputs=[], refuse=None, refuse_outputs=None)

    def launch(self, spec):
        if self.refuse:
            raise self.refuse
        self.specs.append(spec)
        return self.getJob("j1")

    def getJob(self, job_id):
        done = TaskTotalsT(totalTaskCount=4, succeededTaskCount=4)
        return JobT(id="j1", name=self.specs[0].name, state=JobState.FINISHED, totals=done)

    def getLayers(self, job_id):
        done = TaskTotalsT(totalTaskCount=4, succeededTaskCount=4)
        return [LayerT(id=layer.name, name=layer.name, totals=done) for layer in self.specs[0].layers]

    def addOutput(self, layer_id, path, attrs):
        if self.refuse_outputs:
            raise self.refuse_outputs
        self.outputs.append((layer_id, path, attrs))
        return OutputT(outputId="o", path=path, attrs=attrs)


@pytest.fixture
def farm():
    farm = Farm()
    current.use(farm)
    yield farm
    current.reconnect()

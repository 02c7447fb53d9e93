"""Graphics processors, by stand-ins for the driver's program and for the kernel's files."""

import pytest

from plow_client.config import load
from plow_client.errors import NotAllowed
from plow_client.idl import GpuT, Ping
from rndaemon.config import Config
from rndaemon.facts import gpu
from rndaemon.facts.gpu import Gpu
from rndaemon.facts.machine import Machine

A40 = "0, GPU-aaaa, 46068, 45000, 12, NVIDIA A40"
SHARED = "1, GPU-bbbb, [N/A], [N/A], [N/A], NVIDIA GB10, Spark"
TWO = [
    Gpu(0, "NVIDIA A40", 46068, "GPU-aaaa", 45000, 12),
    Gpu(1, "NVIDIA GB10, Spark", 0, "GPU-bbbb"),
]
RADEON = Gpu(2, "Radeon", 8192, maker="amd")


@pytest.fixture
def tool(tmp_path):
    """A program that speaks as nvidia-smi does."""

    def make(script):
        path = tmp_path / "nvidia-smi"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return make


def test_no_tool_means_no_device(tmp_path):
    assert gpu.read_gpus(str(tmp_path / "nvidia-smi"), tmp_path) == []
    assert gpu.read_gpus("", tmp_path) == []


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (f"echo '{A40}'; echo '{SHARED}'", TWO),
        ("echo 'No devices were found'; exit 6", []),
        ("echo 'something else'", []),
    ],
)
def test_devices_are_those_the_driver_names(tmp_path, tool, script, expected):
    assert gpu.read_gpus(tool(script), tmp_path) == expected


def test_a_driver_that_fails_is_told_with_its_words(tool):
    with pytest.raises(gpu.Unreadable, match=r"ended with 9: the driver is away"):
        gpu.read_nvidia(tool("echo 'the driver is away' >&2; exit 9"))


def test_a_driver_that_hangs_is_not_waited_for(tool, monkeypatch):
    monkeypatch.setattr(gpu, "_WITHIN_S", 0.05)

    with pytest.raises(gpu.Unreadable, match="timed out"):
        gpu.read_nvidia(tool("exec sleep 100"))


def test_cards_of_amd_come_after_those_of_nvidia(tmp_path, tool):
    for name, files in {
        "card0": {"vendor": "0x8086"},
        "card1": {
            "vendor": "0x1002",
            "device": "0x744c",
            "mem_info_vram_total": str(24 * 2**30),
            "mem_info_vram_used": str(2**30),
            "gpu_busy_percent": "7",
            "unique_id": "1234abcd",
        },
        "card1-DP-1": {"vendor": "0x1002"},
    }.items():
        device = tmp_path / name / "device"
        device.mkdir(parents=True)
        for file, text in files.items():
            (device / file).write_text(text + "\n")

    found = gpu.read_gpus(tool(f"echo '{A40}'"), tmp_path)
    assert found[1:] == [Gpu(1, "AMD 744c", 24576, "GPU-1234abcd", 23552, 7, "amd")]


@pytest.mark.parametrize(
    ("chosen", "cuda", "rocr", "hip"),
    [
        ([], "-1", "-1", "-1"),
        ([1], "GPU-bbbb", "-1", "-1"),
        ([0, 1], "GPU-aaaa,GPU-bbbb", "-1", "-1"),
        ([2], "-1", "0", "0"),
        ([0, 2], "GPU-aaaa", "0", "0"),
    ],
)
def test_a_task_sees_the_devices_it_was_given_and_no_others(chosen, cuda, rocr, hip):
    told = gpu.visible([*TWO, RADEON], chosen)

    assert told["CUDA_VISIBLE_DEVICES"] == cuda
    assert (told["ROCR_VISIBLE_DEVICES"], told["HIP_VISIBLE_DEVICES"]) == (rocr, hip)
    assert told["PLOW_GPUS"] == ",".join(map(str, chosen))


def test_a_device_without_an_id_is_named_by_its_place():
    assert gpu.visible([Gpu(0, "old", 1), Gpu(1, "old", 1)], [1])["CUDA_VISIBLE_DEVICES"] == "1"


def test_devices_travel_with_the_ping_and_an_unknown_one_is_refused(tool):
    script = tool(f"echo '{A40}'; echo '{SHARED}'")
    machine = Machine(load(Config, overrides=[f"facts.gpu_tool={script}"], environ={}).value)
    machine.start()
    ping = Ping(hostname="n1")
    machine.tell(ping)
    machine.stop()

    assert ping.gpus == [
        GpuT(
            index=0, model="NVIDIA A40", memoryMb=46068, uuid="GPU-aaaa", freeMemoryMb=45000, usedPercent=12
        ),
        GpuT(index=1, model="NVIDIA GB10, Spark", memoryMb=0, uuid="GPU-bbbb"),
    ]
    assert machine.gpu_environment([0])["CUDA_VISIBLE_DEVICES"] == "GPU-aaaa"
    with pytest.raises(NotAllowed, match="no GPU 7"):
        machine.gpu_environment([0, 7])

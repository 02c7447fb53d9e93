"""Rebooting, with a node that has nothing to do and a command that does not reboot."""

from benchmarks.node_farm import wait_until
from rndaemon.door import Door
from rndaemon.reboot import Reboot


class Idle:
    def wait_until_idle(self, _):
        return True


def test_servers_hear_of_a_reboot_before_it_and_of_its_failure():
    """A server that never heard that it begins would wait for the new boot for ever."""
    heard = []
    reboot = Reboot(
        ["false"],
        Idle(),  # type: ignore[arg-type]
        Door(lambda _: None),
        lambda within_s: heard.append((reboot.is_scheduled, reboot.failure)) or within_s > 0,
    )
    reboot.schedule(now=False)
    wait_until(lambda: len(heard) == 2)

    assert heard == [(True, ""), (False, "a reboot failed: status 1")]

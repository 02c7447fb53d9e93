"""Of random histories: what is scarce, and where work may go. Pools, needs, limits, devices, kept nodes, waits.

After each booking it is asked once more, in words of its own, whether that was allowed.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from psycopg.types.json import Jsonb

from tests.sql.farm import Farm, Row
from tests.sql.test_ping_node import ping

few = st.integers(0, 5)
NEEDS: list[dict[str, Any]] = [
    {"gpus": 1}, {"gpus": 2, "gpuRam": 0}, {"gpus": 1, "gpuRam": 9000}, {"gpus": 0},
    {"limits": ["of task"]}, {"limits": ["of node", "of task"]}, {"limits": ["of user"]}, {"limits": []},
    {"pools": ["p0"]}, {"pools": ["p1"]}, {"pools": ["p0", "p1"]}, {"pools": []},
    {"maxPerNode": 1}, {"maxPerNode": 0, "wholeNode": True}, {"wholeNode": False, "fitRam": True},
]  # fmt: skip
DEVICES = [[], [(0, 8000)], [(0, 8000), (1, 24000)], [(1, 24000)], [(0, 16000), (2, 8000)]]

# Of what a booking made, what should not have been. before: what was in use of each limit.
WRONG = """
  with booked as (select proc.*, layer as asked from plow.proc join plow.layer on layer.id = proc.layer_id
                   where proc.id = any(%(procs)s)),
       now as (select coalesce(nullif(current_setting('plow.now', true), '')::timestamptz, clock_timestamp()) as at)
  select 'limit passed' as what, l.name from plow.limit as l join plow.limit_counter as c on c.limit_id = l.id
   where c.used > l.total - l.held_back and c.used > (%(before)s::jsonb ->> l.id::text)::int
  union all
  select 'used a limit that is tried again later', l.name
    from booked join plow.limit as l on l.id = any(booked.limits) join plow.limit_counter as c on c.limit_id = l.id, now
   where c.not_before > now.at
  union all
  select 'limits forgotten', null from booked
   where not (booked.limits @> (asked).limits and booked.limits <@ (asked).limits)
  union all
  select 'other devices than asked for', null from booked
   where (asked).gpus <> (select count(*) from plow.node_gpu as d
                           where d.node_id = booked.node_id and d.proc_id = booked.id and d.index = any(booked.gpus)
                             and d.is_present and d.memory >= (asked).gpu_ram)
  union all
  select 'too many on a node', null from booked
   where (asked).max_per_node > 0
     and (select count(*) from plow.proc as p where p.layer_id = booked.layer_id and p.node_id = booked.node_id)
         > (asked).max_per_node
  union all
  select 'outside its pools, or in one that is not for it', node.name
    from booked join plow.node on node.id = booked.node_id
   where (asked).pools <> '{}' and not exists (
           select from plow.pool_host as h where h.host = node.name and h.pool_id = any((asked).pools))
      or exists (select from plow.pool_host as h join plow.pool on pool.id = h.pool_id and pool.is_exclusive
                  where h.host = node.name)
         and not exists (select from plow.pool_host as h join plow.pool on pool.id = h.pool_id and pool.is_exclusive
                          where h.host = node.name and h.pool_id = any((asked).pools))
  union all
  select 'the node was for it alone', node.name from booked join plow.node on node.id = booked.node_id
    join plow.node_counter as c on c.node_id = node.id
   where (asked).whole_node and (booked.cores, booked.ram) <> (c.cores, c.ram)
  union all
  select 'on a node that the job avoids, or its layer waits', null from booked, now
   where exists (select from plow.avoid as a
                  where a.job_id = booked.job_id and a.node_id = booked.node_id and a.until > now.at)
      or exists (select from plow.retry_wait as w where w.layer_id = booked.layer_id and w.until > now.at
                  and (w.node_id is null or w.node_id = booked.node_id))
  union all
  select 'on a node that is kept for others, or still for it', null from booked, now
   where exists (select from plow.reservation as r where r.node_id = booked.node_id and r.kept_until > now.at
                  and not coalesce(now.at + (asked).predicted_clock_ms * interval '1 ms' <= r.starts, false))
  union all
  select 'other cores or memory than asked for', null from booked join plow.node on node.id = booked.node_id
   where node.slot_mode = 'DYNAMIC' and not (asked).whole_node
     and (booked.cores < (asked).min_cores or not (asked).threadable and booked.cores > (asked).min_cores
          or booked.cores > greatest((asked).min_cores, (asked).max_cores)
          or booked.ram > greatest((asked).max_ram, (asked).min_ram))
"""


class CountingFarm(Farm):
    """Knows whether anything was said that may have changed it."""

    statements = 0

    def execute(self, query: str, *values: object) -> list[Row]:
        self.statements += 1
        return super().execute(query, *values)

    def look(self, query: str, **values: object) -> list[Row]:
        """Read, which changes nothing."""
        return self._connection.execute(query.encode(), values or None).fetchall()


class Needs(RuleBasedStateMachine):
    """What people, pings and shortages do to what work needs."""

    farm: CountingFarm
    nodes: list[UUID]
    layers: list[UUID]
    jobs: list[UUID]

    def begin_needs(self) -> None:
        """Pools of one node each, limits of each kind, and a clock that stands still."""
        self.seconds = 0
        self.wait(0)
        for number in range(2):
            self.farm.execute("select plow.create_pool(%s, array[%s], false)", f"p{number}", f"n{number + 1}")
        for per in ("TASK", "NODE", "USER"):
            self.farm.execute("select plow.create_limit(%s, 2, %s)", f"of {per.lower()}", per)

    def wait(self, seconds: int) -> None:
        self.seconds += seconds
        moment = datetime(2030, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=self.seconds)
        self.farm.execute(f"set plow.now = '{moment.isoformat()}'")

    def right(self, procs: list[UUID], before: dict[str, int]) -> None:
        """What was booked was allowed."""
        if procs:
            assert self.farm.look(WRONG, procs=procs, before=Jsonb(before)) == []

    def used(self) -> dict[str, int]:
        return {
            str(row["limit_id"]): row["used"]
            for row in self.farm.look("select limit_id, used from plow.limit_counter")
        }

    @rule(which=few, needs=st.sampled_from(NEEDS))
    def need(self, which: int, needs: dict[str, Any]) -> None:
        self.try_out("select plow.set_layer_needs(%s, %s)", self.pick(self.layers, which), Jsonb(needs))

    @rule(
        which=few,
        threadable=st.booleans(),
        clock=st.sampled_from([None, 1000, 3_600_000]),
        ram=st.sampled_from([None, 300, 900]),
    )
    def learn(self, which: int, threadable: bool, clock: int | None, ram: int | None) -> None:
        """What history says of a layer, as learn_history writes it."""
        self.farm.execute(
            "update plow.layer set threadable = %s, predicted_clock_ms = %s, predicted_ram = %s where id = %s",
            threadable, clock, ram, self.pick(self.layers, which),
        )  # fmt: skip

    @rule(which=few, pools=st.sampled_from([[], ["p0"], ["p1"]]))
    def job_pools(self, which: int, pools: list[str]) -> None:
        self.try_out("select plow.set_job_pools(%s, %s)", self.pick(self.jobs, which), Jsonb(pools))

    @rule(which=few, what=st.sampled_from([
        "set_pool_hosts(%s, '{}')", "set_pool_hosts(%s, '{n1}')", "set_pool_hosts(%s, '{n1,N2.lan,n2}')",
        "set_pool_exclusive(%s, true)", "set_pool_exclusive(%s, false)", "delete_pool(%s)", "delete_pool(%s, 'p0')",
        "create_pool('p' || count(*), '{n2}', true) from (select from plow.pool where id <> %s) as",
    ]))  # fmt: skip
    def change_pool(self, which: int, what: str) -> None:
        pools = self.farm.look("select id from plow.pool order by name")
        if pools:
            self.try_out(
                f"select plow.{what} {'others' if what.endswith('as') else ''}", self.pick(pools, which)["id"]
            )

    @rule(which=few, what=st.sampled_from([
        "set_limit(%s, 0)", "set_limit(%s, 1)", "set_limit(%s, 3)", "set_limit(%s, null, 1)", "set_limit(%s, null, 0)",
        "clear_limit_wait(%s)", "delete_limit(%s)",
    ]))  # fmt: skip
    def change_limit(self, which: int, what: str) -> None:
        limits = self.farm.look("select id from plow.limit order by name")
        if limits:
            self.try_out(f"select plow.{what}", self.pick(limits, which)["id"])

    @rule(which=st.integers(0, 1), devices=st.sampled_from(DEVICES), cores=st.sampled_from([2, 4, 6]))
    def ping(self, which: int, devices: list[tuple[int, int]], cores: int) -> None:
        """A node says what it has by now; the rest of its word is of no interest here."""
        told = Jsonb([{"index": index, "memoryMb": memory} for index, memory in devices])
        ping(self.farm, f"n{which + 1}", gpus=told, cores=cores, ram=2000)

    @rule(which=st.lists(few, min_size=1, max_size=3), most=st.integers(1, 2))
    def reserve(self, which: list[int], most: int) -> None:
        self.farm.execute(
            "select * from plow.reserve_nodes(%s, %s)", [self.pick(self.layers, i) for i in which], most
        )

    @rule(which=st.integers(0, 1), what=st.sampled_from(["clear_reservation(%s)", "clear_avoids(null, %s)"]))
    def forget(self, which: int, what: str) -> None:
        self.farm.execute(f"select plow.{what}", self.nodes[which])

    @rule(minutes=st.sampled_from([1, 10, 60]))
    def wait_a_while(self, minutes: int) -> None:
        """What waits may be tried again."""
        self.wait(60 * minutes)
        self.farm.execute("select plow.release_later()")
        self.farm.execute("select plow.sweep_avoids()")

    def try_out(self, query: str, *values: object) -> bool:
        raise NotImplementedError

    @staticmethod
    def pick(things: Any, which: int) -> Any:
        return things[which % len(things)]

"""Calls about depends."""

from __future__ import annotations

from plow_client.errors import Invalid
from plow_client.idl import DependSpecT, DependT, DependType
from plow_server.database import Database, Transaction
from plow_server.handlers.arguments import Id
from plow_server.linking import add_links, find_link, refuse_circle
from plow_server.rows import maker
from plow_server.waits import depend_type

_depend = maker(DependT)


def create_depend(db: Database, depend_spec: DependSpecT) -> DependT:
    """Make a depend of any type; of the rows of a TASK_BY_TASK the first is returned."""
    kind = depend_type(depend_spec)

    def work(transaction: Transaction) -> list[str]:
        made = add_links(transaction, [find_link(transaction, kind, depend_spec)])
        refuse_circle(transaction, made)
        return made

    made = db.atomically(work)
    if not made:
        raise Invalid("the layers have no frame in common: nothing would wait")
    return db.one("depend_by_id", _depend, missing=f"no depend '{made[0]}'", id=made[0])


def create_job_on_job_depend(db: Database, job_id: Id, on_job_id: Id) -> None:
    """Make a job wait for another job to end."""
    create_depend(db, DependSpecT(DependType.JOB_ON_JOB, dependentJob=job_id, dependOnJob=on_job_id))


def create_layer_on_layer_depend(db: Database, layer_id: Id, on_layer_id: Id) -> None:
    """Make a layer wait for a whole layer."""
    create_depend(
        db, DependSpecT(DependType.LAYER_ON_LAYER, dependentLayer=layer_id, dependOnLayer=on_layer_id)
    )


def create_layer_on_task_depend(db: Database, layer_id: Id, on_task_id: Id) -> None:
    """Make a layer wait for a task."""
    create_depend(db, DependSpecT(DependType.LAYER_ON_TASK, dependentLayer=layer_id, dependOnTask=on_task_id))


def create_task_by_task_depend(db: Database, layer_id: Id, on_layer_id: Id) -> None:
    """Make each task of a layer wait for the tasks of another that hold its frames."""
    create_depend(
        db, DependSpecT(DependType.TASK_BY_TASK, dependentLayer=layer_id, dependOnLayer=on_layer_id)
    )


def create_task_on_layer_depend(db: Database, task_id: Id, on_layer_id: Id) -> None:
    """Make a task wait for a whole layer."""
    create_depend(db, DependSpecT(DependType.TASK_ON_LAYER, dependentTask=task_id, dependOnLayer=on_layer_id))


def create_task_on_task_depend(db: Database, task_id: Id, on_task_id: Id) -> None:
    """Make a task wait for a task."""
    create_depend(db, DependSpecT(DependType.TASK_ON_TASK, dependentTask=task_id, dependOnTask=on_task_id))


def drop_depend(db: Database, depend_id: Id) -> None:
    """Let the dependent go on as if the depend were satisfied."""
    db.run("drop_depend", p_depend=depend_id)


def activate_depend(db: Database, depend_id: Id) -> None:
    """Make a dropped or satisfied depend hold again."""

    def work(transaction: Transaction) -> None:
        transaction.run("activate_depend", p_depend=depend_id)
        refuse_circle(transaction, [depend_id])

    db.atomically(work)


def get_depends_on_job(db: Database, job_id: Id) -> list[DependT]:
    """JOB_ON_JOB depends of others on this job."""
    return db.all("depends_on_job", _depend, id=job_id)


def get_job_depends_on(db: Database, job_id: Id) -> list[DependT]:
    """JOB_ON_JOB depends of this job on others."""
    return db.all("job_depends_on", _depend, id=job_id)


def get_depends_on_layer(db: Database, layer_id: Id) -> list[DependT]:
    """Depends of others on this layer."""
    return db.all("depends_on_layer", _depend, id=layer_id)


def get_layer_depends_on(db: Database, layer_id: Id) -> list[DependT]:
    """Depends of this layer on others."""
    return db.all("layer_depends_on", _depend, id=layer_id)


def get_depends_on_task(db: Database, task_id: Id) -> list[DependT]:
    """Depends of others on this task."""
    return db.all("depends_on_task", _depend, id=task_id)


def get_task_depends_on(db: Database, task_id: Id) -> list[DependT]:
    """Depends of this task on others."""
    return db.all("task_depends_on", _depend, id=task_id)

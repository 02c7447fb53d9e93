"""A layer: the same work for many frames. A module derives from it, says its options and its command."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from blueprint import hooks, process
from blueprint.depend import Depend
from blueprint.job import LAYER_NAME, Job, current_job
from blueprint.names_2012 import OldLayerNames
from blueprint.options import Option, declared, nearest, shown
from blueprint.output import Input, Output, has_frame
from blueprint.place import NOWHERE, Place, called_by, line_of_caller, line_of_error, problem
from blueprint.store import NoDataYet, Store
from plow_client.errors import Invalid, PlowError

if TYPE_CHECKING:
    from blueprint.task import Task

Frames = Sequence[int]
Command = list[str]


class Made(type):
    """Calls ``after_init`` when a layer is complete, whatever its class does in ``__init__``; then the plugins."""

    def __call__(cls, *words: Any, **options: Any) -> Any:
        layer = super().__call__(*words, **options)
        layer.is_complete = True
        layer.after_init()
        hooks.tell("after_init", layer)
        return layer


class Layer(OldLayerNames, metaclass=Made):
    """One step of a job, frame by frame or in chunks of frames.

    Life: made and checked where the artist sits, then ``after_init``; ``setup`` there too; on the node
    ``before_execute``, ``execute``, ``after_execute`` for the frames of one task. After each of them but
    ``execute`` the plugins are called. A class that only says ``command`` is enough.
    """

    per_frame: ClassVar[bool] = False  # the program takes one frame at a time: one command for each

    depend = Option(list[str], [], 'What this waits for: "a" frame by frame, "a:all" for the whole of a.')
    frame_range = Option(str, None, 'Frames of this layer, e.g. "1-10x2"; unset: those of the job.')
    chunk = Option(int, 1, "Frames in one task; 0 means all of them.", minimum=0)
    threads = Option(int, None, "Cores for each task; unset: what the service says.", minimum=1)
    max_threads = Option(int, None, "Most cores for each task, where more are free.", minimum=1)
    ram = Option(int, None, "MB of memory for each task.", minimum=1)
    max_ram = Option(int, None, "MB of memory that a task may grow to.", minimum=1)
    tags = Option(list[str], None, "A node needs one of these tags.")
    pools = Option(list[str], None, "A node must be in one of these pools; unset: the job's.")
    os = Option(str, None, "The system of the node.", choices=("linux", "macos", "windows"))
    node_cores = Option(int, None, "Cores that the whole machine must have.", minimum=0)
    node_ram = Option(int, None, "MB of memory that the whole machine must have.", minimum=0)
    whole_node = Option(bool, None, "A task takes all of its node.")
    gpus = Option(int, None, "GPUs for each task.", minimum=0)
    gpu_ram = Option(int, None, "MB of memory that each GPU must have.", minimum=0)
    limits = Option(list[str], None, "Limits, e.g. licences, of which each task uses one.")
    max_per_node = Option(int, None, "Most tasks on one node at a time; 0: no limit.", minimum=0)
    fit_ram = Option(bool, None, "Earlier versions may lower the memory below ram.")
    service = Option(str, None, "The farm's preset that stands in for what is unset here.")
    retries = Option(int, None, "How often a failed task is tried again by itself.", minimum=0)
    retry_exits = Option(list[int], None, "Exit statuses that are worth another attempt; unset: any.")
    retry_delay_s = Option(int, None, "Seconds before it; twice as long with each failure.", minimum=0)
    retry_most_delay_s = Option(int, None, "The longest of these waits, in seconds.", minimum=0)
    task_order = Option(
        str, None, "Which tasks are first.", choices=("given", "first_middle_last", "every_nth")
    )
    every_nth = Option(int, None, "With task_order every_nth: each such task, then those between.", minimum=2)
    env = Option(dict[str, str], {}, "Environment variables for the tasks.")
    max_run_s = Option(int, None, "Seconds that a task may run; 0: no limit.", minimum=0)
    max_silence_s = Option(int, None, "Seconds that a task may write nothing; 0: no limit.", minimum=0)
    max_log_mb = Option(int, None, "MB of output that are kept; 0: no limit.", minimum=0)
    niceness = Option(int, None, "0 to 19: higher yields to other programs.", minimum=0)
    kill_grace_s = Option(int, None, "Seconds between asking a task to end and ending it.", minimum=0)
    wrapper = Option(list[str], None, 'A kind of environment and its words, e.g. ["rez", "maya-2026"].')
    log_rules = Option(list[str], None, "The node's rules that read the output; unset: those of the service.")
    before = Option(list[str], None, "A command before the task's own; if it fails, so does the task.")
    more_commands = Option(list[list[str]], None, "Commands that follow while each one ends with 0.")
    after = Option(list[str], None, "A command at the end, whatever happened.")
    post = Option(bool, False, "Run after the job, in a job of its own.")

    is_complete = False

    def __init__(self, name: str, **options: object) -> None:
        job = current_job()
        self.name = name
        self.job: Job | None = job
        self.place: Place = line_of_caller(job.file) if job else NOWHERE
        self.values: dict[str, object] = {}
        self.given: set[str] = set()
        self.archive: Path | None = None
        self.home: Path | None = None
        self.setup_tasks: list[Task] = []
        self.inputs: list[Input] = []
        self.added_outputs: list[Output] = []
        if not LAYER_NAME.fullmatch(name):
            raise problem(self.place, f"'{name}' is no layer name: use letters, digits and _ . -")
        self._take(options)
        self._check_pairs()
        if job:
            job.add(self)

    def __setattr__(self, name: str, value: object) -> None:
        """What a layer's own methods keep is theirs; said from outside, what is nearly an option is one misspelt."""
        if self.is_complete and not hasattr(self, name) and not called_by(self):
            hint = nearest(name, declared(type(self)))
            if hint:
                place = line_of_caller(self.job.file) if self.job else self.place
                raise problem(
                    place, f"layer '{self.name}': {type(self).__name__} has no option '{name}'{hint}"
                )
        super().__setattr__(name, value)

    # -------------------- what a module says

    def command(self, frames: Frames) -> Command:
        """The command that does these frames, one item for each argument."""
        raise NotImplementedError(f"{type(self).__name__} says neither command nor execute")

    def commands(self, frames: Frames) -> list[Command]:
        """All commands of a task, in order."""
        return [self.command([frame]) for frame in frames] if self.per_frame else [self.command(frames)]

    def farm_command(self) -> Command | None:
        """A command with the server's tokens that needs no runner, or None."""
        return None

    def outputs(self) -> list[Output]:
        """What this layer writes; a module adds its own to these."""
        return list(self.added_outputs)

    def after_init(self) -> None:
        """Called when the layer is complete: all its options are checked, and it belongs to its job."""
        self._afterInit()

    def setup(self) -> None:
        """Called once before the job is launched, on the artist's machine."""
        self._setup()

    def before_execute(self, frames: Frames) -> None:
        """Called on the node before the frames of a task."""
        self._beforeExecute()

    def execute(self, frames: Frames) -> None:
        """Do the frames: run the commands, one after the other."""
        if self.has_old_execute():
            self.old_execute(frames)
            return
        for command in self.commands(frames):
            self.run(command)

    def after_execute(self, frames: Frames) -> None:
        """Called on the node after all frames of a task have succeeded."""
        self._afterExecute()

    # -------------------- what a blueprint asks of it

    def depend_on(self, other: Layer | str) -> None:
        """Wait for another layer frame by frame."""
        self.depend = [*self.depend, str(other)]

    def depend_all(self, other: Layer | str) -> None:
        """Wait for the whole of another layer."""
        self.depend = [*self.depend, f"{other}:all"]

    def add_setup_task(self, task: Task) -> None:
        """Wait for a task that prepares this layer."""
        self.setup_tasks.append(task)
        self.depend_on(task)

    def set_arg(self, name: str, value: object) -> None:
        """Give an option, by its name, a value."""
        self._need_option(name)
        self.set_option(name, value)

    def get_arg(self, name: str, default: object = None) -> object:
        """What an option was given, else this default, else its own."""
        self._need_option(name)
        return self.values[name] if name in self.given or default is None else default

    def is_arg_set(self, name: str) -> bool:
        """Whether somebody gave the option a value."""
        self._need_option(name)
        return name in self.given

    @property
    def data(self) -> Store:
        """Values and files that setup and tasks of this layer leave for one another, in the job's archive."""
        archive = self.archive or (self.job.archive if self.job else None)
        if archive is None:
            why = "has no data before its job is submitted: ask for it in setup or on the node"
            raise NoDataYet(self.problem(why).why)
        return Store(archive / "layers" / self.name)

    def add_input(self, name: str, path: str | Path, **attrs: str) -> None:
        """Note something that this layer reads."""
        self.inputs.append(Input(name, str(path), attrs))

    def add_output(self, name: str, path: str | Path, **attrs: str) -> None:
        """Note something that this layer writes; the runner looks for it after each task."""
        self.added_outputs.append(Output(name, str(self.folder / path), attrs))

    def run(self, command: Sequence[str | Path]) -> None:
        """Run one command; its failure ends the task with the same status."""
        process.run(command_words(self, command))

    def has_work(self) -> bool:
        """Whether a class of one's own says what to do on the node."""
        own: Any = type(self)
        methods = (own.command, own.commands, own.execute)
        said = own.__module__ in _BASES or any(method.__module__ not in _BASES for method in methods)
        return said or self.has_old_execute()

    def thread_count(self) -> int | None:
        """The threads a program may use: what the node gave this task, else what the blueprint asked for."""
        given = os.environ.get("PLOW_THREADS", "")
        return int(given) if given.isdigit() else self.threads

    def set_option(self, name: str, value: object) -> None:
        """Give an option a checked value."""
        option = declared(type(self))[name]
        try:
            self.values[name] = option.check(self._plain(value), self.folder)
        except ValueError as error:
            raise self.problem(f"{name} = {shown(value)}: expected {error}") from None
        self.given.add(name)

    # -------------------- what the rest of blueprint asks

    @property
    def folder(self) -> Path:
        """The blueprint's folder: relative paths start here."""
        return self.job.folder if self.job else self.home or Path.cwd()

    @property
    def farm_layer(self) -> str:
        """The name under which the farm knows it."""
        return self.name

    def depends(self) -> list[Depend]:
        """What this waits for."""
        return [Depend.parse(text) for text in self.depend]

    def farm_settings(self) -> tuple[object, ...]:
        """What it asks of the farm; the tasks of one group must ask for the same."""
        return tuple(self.values[name] for name in FARM_SETTINGS)

    def chosen(self) -> dict[str, object]:
        """The options that are not at their default."""
        known = declared(type(self))
        return {name: value for name, value in self.values.items() if value != known[name].default}

    def problem(self, text: str) -> Invalid:
        """An error about this layer, with the line that made it."""
        return problem(self.place, f"layer '{self.name}': {text}")

    @contextmanager
    def blamed(self, deed: str) -> Iterator[None]:
        """Turn what goes wrong in the class's own code into one line: file, line, layer, what it was doing."""
        try:
            yield
        except (PlowError, NotImplementedError):
            raise
        except Exception as error:
            line = line_of_error(error, self.place.file) if self.place.file else 0
            place = Place(self.place.file, line) if line else self.place
            raise problem(place, f"layer '{self.name}': {deed}: {type(error).__name__}: {error}") from error

    def need_frame_number(self, name: str) -> None:
        """Refuse an output pattern without a place for the frame number."""
        if not has_frame(str(self.values[name])):
            raise self.problem(f"{name} = '{self.values[name]}' needs a frame number: write #### or %04d")

    def need_file(self, name: str) -> None:
        """Refuse a launch without this file; what waits for other work may find it made by then."""
        if not self.depend and not Path(str(self.values[name])).exists():
            raise self.problem(f"{name} = '{self.values[name]}': no such file")

    def __str__(self) -> str:
        return self.name

    def _take(self, options: dict[str, object]) -> None:
        known = declared(type(self))
        for word in options:
            self._need_option(word)
        for name, option in known.items():
            if name in options:
                self.set_option(name, options[name])
            elif option.required:
                raise self.problem(f"{name} is needed: {option.doc}")
            else:
                self.values[name] = option.fresh_default()

    def _need_option(self, word: str) -> None:
        known = declared(type(self))
        if word not in known:
            raise self.problem(f"{type(self).__name__} has no option '{word}'{nearest(word, known)}")

    def _plain(self, value: object, depth: int = 2) -> object:
        """A layer may be named by itself: ``depend=beauty``. No option has lists deeper than two."""
        if isinstance(value, (list, tuple)):
            return [self._plain(item, depth - 1) for item in value] if depth else value
        return value.name if isinstance(value, Layer) else value

    def _check_pairs(self) -> None:
        for low, high in (("threads", "max_threads"), ("ram", "max_ram")):
            least, most = self.values[low], self.values[high]
            if isinstance(least, int) and isinstance(most, int) and most < least:
                raise self.problem(f"{high} = {most} is less than {low} = {least}")
        if (self.task_order == "every_nth") != (self.every_nth is not None):
            raise self.problem("task_order = 'every_nth' and every_nth = a number go together")


_BASES: Final = ("blueprint.layer", "blueprint.task")
FARM_SETTINGS: Final = (
    "threads", "max_threads", "ram", "max_ram", "tags", "service", "retries", "env", "post",
    "max_run_s", "max_silence_s", "max_log_mb", "niceness", "kill_grace_s", "wrapper", "log_rules",
    "before", "more_commands", "after", "pools", "os", "node_cores", "node_ram", "whole_node", "gpus", "gpu_ram",
    "limits", "max_per_node", "fit_ram", "retry_exits", "retry_delay_s", "retry_most_delay_s", "task_order",
    "every_nth",
)  # fmt: skip


def command_words(layer: Layer, command: object) -> Command:
    """A command as texts; one that is a single text would fall apart into its letters."""
    if not isinstance(command, (list, tuple)) or not command:
        raise layer.problem(f"its command is {shown(command)}: expected a list, one item for each argument")
    return [str(word) for word in command]

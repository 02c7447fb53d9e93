"""Copies the one plow.thrift into plow_client when a wheel is built; all else is in setup.cfg."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

IDL = "plow.thrift"


class BuildWithIdl(build_py):
    """An editable install reads the file where it lies; everything else carries a copy."""

    def run(self) -> None:
        super().run()
        root = Path(__file__).parent
        if not getattr(self, "editable_mode", False) and (root / IDL).is_file():
            target = Path(self.build_lib) / "plow_client"
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / IDL, target / IDL)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        outputs: list[str] = super().get_outputs(include_bytecode)
        return [*outputs, str(Path(self.build_lib) / "plow_client" / IDL)]


setup(cmdclass={"build_py": BuildWithIdl})

"""The command line as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from crop2seg_training import __version__
from crop2seg_training.cli import main, make_parser

COMMANDS = (
    "simulate",
    "sample",
    "dataset",
    "train",
    "resume",
    "finetune",
    "export",
    "import",
    "parity",
    "evaluate",
    "plot",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert f"crop2seg-train {command}" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.strip() == __version__


def test_bad_arguments_exit_with_2() -> None:
    for arguments in ([], ["dance"], ["export", "--name", "x"]):
        with pytest.raises(SystemExit) as stop:
            make_parser().parse_args(arguments)
        assert stop.value.code == 2


def test_failed_work_exits_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    absent = tmp_path / "absent.npz"
    assert main(["export", "--checkpoint", str(absent), "--name", "x", "--out", str(tmp_path)]) == 1
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err == f"crop2seg-train export: There is no weights file {absent}.\n"

"""``foretype bench fix``: what becomes of known bugs, and of what a linter finds."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click
import msgspec

from foretype.cli.options import config_option, model_option
from foretype.cli.stopping import stoppable
from foretype.config.load import load, with_command_line
from foretype.errors import ForetypeError

_file = click.Path(path_type=Path, dir_okay=False)
_folder = click.Path(path_type=Path, file_okay=False, exists=True)


@click.command()
@click.argument("folder", type=_folder, metavar="DIR")
@config_option
@model_option
@click.option("--proof-cases", type=_folder, metavar="DIR", help="The cases that proof may use; else the even lines.")
@click.option("--write", type=click.Path(path_type=Path, file_okay=False), metavar="OUT", help="Keep edited programs.")
@click.option("--json", "json_file", type=_file, metavar="OUT", help="Write all of it.")
@click.option("--linter", is_flag=True, help="Fix what ruff finds in the Python files of DIR and can't fix itself.")
@click.option("--select", default="", metavar="RULES", help="With --linter: ruff's rules, in place of its default.")
@click.option("--limit", type=click.IntRange(min=1), default=None, metavar="N", help="At most so many.")
@click.option("--seconds", type=float, default=120.0, show_default=True, help="The time for one action.")
@click.option("--answers", type=click.IntRange(1, 20), default=4, show_default=True, help="Answers of the model each.")
@click.option("--tolerance", type=float, default=1e-6, show_default=True, help="By which floats may differ.")
def fix(
    folder: Path,
    config_file: Path | None,
    model: str | None,
    proof_cases: Path | None,
    write: Path | None,
    json_file: Path | None,
    linter: bool,
    select: str,
    limit: int | None,
    seconds: float,
    answers: int,
    tolerance: float,
) -> None:
    """Run fix actions through the language server and judge what they make.

    DIR has programs NAME.buggy.py, each with a function NAME and its cases NAME.cases.jsonl: a JSON list of arguments
    and result in each line. Each program lies alone in an empty workspace. Proof runs some cases, the verdict counts
    the others. With --linter, DIR has any Python files. Stop it with Ctrl-C, and what was done until then is reported.
    """
    from rich.console import Console

    from foretype.bench import conditions, fix_lints, fix_programs, report
    from foretype.bench.editor import serve_command

    settings = with_command_line(load(config_file), {"model": model}).settings
    told: dict[str, object] = {
        **conditions.machine(),
        "foretype": conditions.local_model(settings.model),
        "time": f"at most {seconds:g} s and {answers} answers of the model for each action",
    }
    serve = serve_command(settings.model, *(["--config", str(config_file.absolute())] if config_file else []))
    if write is not None:
        write.mkdir(parents=True, exist_ok=True)
    console = Console(highlight=False)

    verdicts: list[Any] = []

    def tell(verdict: Any) -> None:
        verdicts.append(verdict)
        name = getattr(verdict, "name", "") or f"{verdict.file}:{verdict.line} {verdict.code}"
        right = verdict.fixed if hasattr(verdict, "fixed") else verdict.gone
        click.echo(
            f"{name}: {'right' if right else 'not right'}, {verdict.verdict} ({verdict.seconds:.0f} s)", err=True
        )

    work: Coroutine[Any, Any, object]
    if linter:
        lints = fix_lints.find_lints(folder.absolute(), select, limit or 50)
        told["findings"] = f"ruff's {select or 'default rules'} in {folder.name}, without an automatic fix"
        work = fix_lints.fix_lints(lints, serve, select, seconds, answers, tell)
    else:
        programs = fix_programs.load_programs(folder.absolute(), proof_cases)[:limit]
        told["programs"] = f"{len(programs)} in {folder.name}, each alone in an empty workspace"
        told["proof"] = f"cases of {proof_cases.name}" if proof_cases else "the even lines of each file of cases"
        work = fix_programs.fix_programs(programs, serve, seconds, answers, tolerance, write, tell)
    if not asyncio.run(_finishes(work)):
        told["stopped"] = f"after {len(verdicts)} of these"
    if not verdicts:
        raise click.Abort
    figures = fix_lints.summary(verdicts) if linter else fix_programs.summary(verdicts)
    table = fix_lints.rows(figures) if linter else fix_programs.rows(figures)
    report.print_table(console, "What fix actions made", ["foretype"], [(name, [value]) for name, value in table])
    report.print_conditions(console, told)
    if json_file:
        data = {**figures, "benchmark": "fix", "conditions": told}
        try:
            json_file.write_bytes(msgspec.json.format(msgspec.json.encode(data), indent=1))
        except OSError as error:
            raise ForetypeError(f"{json_file} can't be written: {error.strerror}.") from None


async def _finishes(work: Coroutine[Any, Any, object]) -> bool:
    """Whether a measurement came to its end, or was stopped before."""
    with stoppable():
        try:
            await work
        except asyncio.CancelledError:
            return False
    return True

"""Run the steps from files to a published release: `python -m etl COMMAND`.

Exit codes: 0 done, 1 blocked or failed, 2 wrong usage.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from geo.errors import LivingCircleError, SettingsError

DONE, FAILED, USAGE = 0, 1, 2
_WHATS: Final = (
    *("coverage", "underserved", "capacity", "issues", "reach", "indicators", "standards"),
    "tasks",
)
_FORMATS: Final = ("csv", "xlsx", "geojson", "parquet")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except LivingCircleError as error:
        print(f"etl {options.command}: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        return FAILED
    except KeyboardInterrupt:
        print(f"etl {options.command}: stopped; nothing was published.", file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m etl", description="From the files of a city to a release that is served."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_sources(commands)
    _add_build(commands)
    _add_store(commands)
    _add_export(commands)
    return parser


def _command(
    commands: Any,  # noqa: ANN401 - argparse keeps this class private
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    return parser


def _add_sources(commands: Any) -> None:  # noqa: ANN401 - argparse keeps this class private
    demo = _command(commands, "demo", _demo, "Write a synthetic city as source files, two months.")
    demo.add_argument("--out", type=Path, required=True, metavar="DIR")
    demo.add_argument("--grids", type=_at_least(300), default=2000, help="300 or more (2000)")
    demo.add_argument("--seed", type=int, default=1)
    init = _command(commands, "init", _init, "Propose a city.toml from the files it is shown.")
    init.add_argument("files", type=Path, nargs="+", metavar="FILES")
    init.add_argument("--out", type=Path, required=True, metavar="CITY.toml")
    template = _command(commands, "template", _template, "Write empty ledgers with their headers.")
    template.add_argument("--out", type=Path, required=True, metavar="DIR")
    check = _command(commands, "check", _check, "Read and check a city; write nothing.")
    check.add_argument("city", type=Path, metavar="CITY.toml")
    check.add_argument("--json", type=Path, metavar="FILE", help="write the faults there too")
    check.add_argument("--xlsx", type=Path, metavar="FILE", help="write them as a workbook too")


def _add_build(commands: Any) -> None:  # noqa: ANN401 - argparse keeps this class private
    build = _command(commands, "build", _build, "Build a release and publish it if nothing blocks.")
    build.add_argument("city", type=Path, metavar="CITY.toml")
    _add_store_option(build)
    build.add_argument("--no-publish", action="store_true", help="leave the pointer where it is")
    build.add_argument("--strict", action="store_true", help="do not publish with warnings")
    build.add_argument("--reason", metavar="TEXT", help="kept with the release (command line)")
    build.add_argument(
        "--workers", type=_at_least(1), default=os.cpu_count() or 1, help="threads (all cores)"
    )


def _add_store(commands: Any) -> None:  # noqa: ANN401 - argparse keeps this class private
    publish = _command(commands, "publish", _publish, "Point to a release (the newest).")
    rollback = _command(commands, "rollback", _rollback, "Point back to an earlier release.")
    listing = _command(commands, "list", _list, "List the releases of a store.")
    for parser in (publish, rollback, listing):
        _add_store_option(parser)
        parser.add_argument("release", nargs="?", metavar="RELEASE", help="id or number")
    for parser in (publish, rollback):
        parser.add_argument("--reason", default="", metavar="TEXT", help="kept in the record")
    comparing = _command(commands, "compare", _compare, "Say what changed between two releases.")
    _add_store_option(comparing)
    comparing.add_argument("old", nargs="?", metavar="OLD", help="id or number (published before)")
    comparing.add_argument("new", nargs="?", metavar="NEW", help="id or number (the newest)")
    comparing.add_argument("--json", type=Path, metavar="FILE", help="write all of it there")
    comparing.add_argument("--xlsx", type=Path, metavar="FILE", help="write a workbook there")
    work = _command(commands, "work", _work, "Run the jobs that the web page asks for.")
    _add_store_option(work)
    work.add_argument("--once", action="store_true", help="end when no job waits")


def _add_export(commands: Any) -> None:  # noqa: ANN401 - argparse keeps this class private
    export = _command(commands, "export", _export, "Write a table of a release to a file.")
    _add_store_option(export)
    export.add_argument("--what", required=True, choices=_WHATS)
    export.add_argument("--format", required=True, choices=_FORMATS)
    export.add_argument("--out", type=Path, required=True, metavar="FILE")
    export.add_argument("--release", metavar="R", help="id or number (the published one)")
    export.add_argument("--category", metavar="C")
    export.add_argument("--minutes", type=_between(1, 60), default=15)
    export.add_argument("--mode", choices=("walk", "line"))
    export.add_argument("--speed", metavar="NAME", help="a speed of city.toml (the default one)")
    export.add_argument("--scope", choices=("all", "own"), default="all")
    export.add_argument("--opening", choices=("evening", "weekend"), help="only those open then")
    export.add_argument("--area", metavar="CODE")
    export.add_argument("--lang", choices=("zh", "en"), default="zh")
    export.set_defaults(parser=export)


def _add_store_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--store", type=Path, required=True, metavar="DIR")


def _at_least(low: int) -> Callable[[str], int]:
    return _between(low, None)


def _between(low: int, high: int | None) -> Callable[[str], int]:
    def whole(text: str) -> int:
        value = int(text) if text.strip().lstrip("-").isdigit() else None
        if value is None or value < low or (high is not None and value > high):
            limit = f"from {low} to {high}" if high is not None else f"of {low} or more"
            raise argparse.ArgumentTypeError(f"{text} is not a whole number {limit}")
        return value

    return whole


def _progress() -> Any:  # noqa: ANN401 - imported late to keep --help quick
    from etl.progress import Progress, on_terminal

    return Progress(on_terminal())


def _demo(options: argparse.Namespace) -> int:
    from etl.demo import write_demo

    progress = _progress()
    progress.at(0.0, "draw the city")
    write_demo(options.out, grids=options.grids, seed=options.seed)
    progress.end("drawn")
    print(f"{options.out / 'city.toml'} and the month before it, in previous/city.toml")
    return DONE


def _init(options: argparse.Namespace) -> int:
    from etl.init import propose_city_toml

    if options.out.exists():
        raise SettingsError(
            f"{options.out} exists; nothing was written over it. Name another file."
        )
    options.out.write_text(
        propose_city_toml(options.files, base=options.out.parent), encoding="utf-8"
    )
    print(
        f"{options.out} is a proposal: read its comments, then: python -m etl check {options.out}"
    )
    return DONE


def _template(options: argparse.Namespace) -> int:
    from etl.template import write_template

    for path in write_template(options.out):
        print(path)
    return DONE


def _check(options: argparse.Namespace) -> int:
    from etl.build import check_city
    from etl.report import check_json, groups_text, rows_text
    from etl.report_book import book_of_check, write_book
    from etl.settings import load_city

    found = check_city(options.city, _progress())
    if options.json is not None:
        options.json.write_text(check_json(found), encoding="utf-8")
    if options.xlsx is not None:
        write_book(options.xlsx, book_of_check(found, load_city(options.city)))
    print(rows_text(found.sources))
    print(groups_text(found.groups))
    is_blocked = any(fault.severity == "blocking" for fault in found.faults)
    return FAILED if is_blocked else DONE


def _build(options: argparse.Namespace) -> int:
    from etl.build import BuildOptions, build_city
    from etl.report import built_text, refused_text
    from geo.store.inbox import remember
    from geo.store.release import pointed_at

    how = BuildOptions(
        publish=not options.no_publish,
        strict=options.strict,
        reason=options.reason,
        workers=options.workers,
    )
    before = pointed_at(options.store)
    built = build_city(options.city, options.store, how, _progress())
    remember(options.store, options.city, built.release, before, how.reason)
    print(built_text(built))
    if built.is_published or not how.publish:
        return DONE
    print(f"etl build: {refused_text(built, options.store)}", file=sys.stderr)
    return FAILED


def _publish(options: argparse.Namespace) -> int:
    from geo.store.publications import COMMAND_LINE, publish

    release = publish(options.store, options.release, options.reason, COMMAND_LINE)
    print(f"release {release.release} ({release.city}, {release.month}) is published")
    return DONE


def _rollback(options: argparse.Namespace) -> int:
    from geo.store.publications import COMMAND_LINE, rollback

    release = rollback(options.store, options.release, options.reason, COMMAND_LINE)
    print(f"release {release.release} ({release.city}, {release.month}) is published again")
    return DONE


def _list(options: argparse.Namespace) -> int:
    from etl.report import list_text
    from geo.store.release import list_releases

    listed = list_releases(options.store)
    if options.release is not None:
        names = (options.release,)
        listed = [
            item
            for item in listed
            if item.release.release in names or str(item.release.number) in names
        ]
    print(list_text(listed))
    return DONE


def _compare(options: argparse.Namespace) -> int:
    from etl.compare import compare
    from etl.compare.report import read_report, report_text, write_json, write_workbook

    path = compare(options.store, options.old, options.new, _progress())
    report = read_report(options.store, path)
    if options.json is not None:
        write_json(report, options.json)
    if options.xlsx is not None:
        write_workbook(report, options.xlsx)
    print(report_text(report))
    return DONE


def _work(options: argparse.Namespace) -> int:
    from etl.work import work

    work(options.store, once=options.once)
    return DONE


def _export(options: argparse.Namespace) -> int:
    from etl.export import export
    from etl.table import Filters

    filters = Filters(
        *(options.category, options.mode, options.area, options.minutes, options.speed),
        scope=options.scope,
        lang=options.lang,
        opening=options.opening,
    )
    rows = export(
        options.store, options.what, options.format, options.out, filters, options.release
    )
    print(f"{rows:,} rows in {options.out}")
    return DONE


if __name__ == "__main__":
    sys.exit(main())

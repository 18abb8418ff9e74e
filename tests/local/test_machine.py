"""Language and time zone of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from functions.local import machine


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en_US"),
        ({"LANG": "ru_RU.UTF-8"}, "ru_RU"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "C.UTF-8"}, "en_US"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "ru_KZ.UTF-8"}, "ru_RU"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": ""}, "ru_RU"),
    ],
)
def test_a_machine_that_speaks_russian_gets_a_russian_sheet(environ: dict[str, str], expected: str) -> None:
    assert machine.locale(environ) == expected


@pytest.mark.parametrize(
    ("environ", "link", "expected"),
    [
        ({"TZ": "Europe/Moscow"}, "Asia/Almaty", "Europe/Moscow"),
        ({"TZ": ":Europe/Moscow"}, "Asia/Almaty", "Europe/Moscow"),
        ({"TZ": "MSK-3"}, "Asia/Almaty", "Asia/Almaty"),
        ({}, "Asia/Almaty", "Asia/Almaty"),
        ({"TZ": "../etc/passwd"}, "", "Etc/UTC"),
        ({"TZ": "No/Where"}, "", "Etc/UTC"),
    ],
)
def test_the_time_zone_is_tz_else_the_machines_else_utc(
    environ: dict[str, str], link: str, expected: str, tmp_path: Path
) -> None:
    localtime = tmp_path / "localtime"
    if link:
        zone = tmp_path / "zoneinfo" / link
        zone.parent.mkdir(parents=True)
        zone.touch()
        localtime.symlink_to(zone)
    assert machine.time_zone(environ, localtime) == expected

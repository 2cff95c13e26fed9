"""The fonts of the printed packet: an explicit folder, filled without root, never the machine's own.

`make fonts` runs this module (standard library only). It takes Noto from Debian's folders where the
packages are installed, else from Debian's archive (`apt-get download`), else from npm, and goes on
without when nothing can be reached. The folder is `fonts/` in the instance; no font is in the
repository. A packet built on a machine without Noto is set in the fonts inside Typst; names that these
cannot show are handled before sealing (see `domain/packets/packing.py`).
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

DEBIAN_FOLDERS = (Path("/usr/share/fonts/truetype/noto"), Path("/usr/share/fonts/opentype/noto"))
PATIENCE = 240  # seconds for one download


@dataclass(frozen=True)
class Script:
    """One script or use: the families that can show it, best first, and where their files come from."""

    label: str
    families: tuple[str, ...]
    files: tuple[str, ...]  # as Debian names them
    npm: str
    npm_files: tuple[str, ...] = ()
    package: str = "fonts-noto-core"

    def present(self, folder: Path) -> bool:
        return any((folder / name).exists() for name in (self.files[0], *self.npm_files[:1]))


def _script(label: str, family: str, npm_family: str = "") -> Script:
    """A script of the usual pattern: one family, one regular weight. npm names a few otherwise."""
    theirs = npm_family or family
    return Script(
        label,
        (family, theirs) if npm_family else (family,),
        (f"{family.replace(' ', '')}-Regular.ttf",),
        theirs.lower().replace(" ", "-"),
        (f"{theirs.replace(' ', '')}_400Regular.ttf",),
    )


def _cuts(family: str, *cuts: tuple[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    stem = family.replace(" ", "")
    return tuple(f"{stem}-{a}.ttf" for a, _ in cuts), tuple(f"{stem}_{b}.ttf" for _, b in cuts)


REGULAR, BOLD, ITALIC = ("Regular", "400Regular"), ("Bold", "700Bold"), ("Italic", "400Regular_Italic")
_SERIF, _SANS = _cuts("Noto Serif", REGULAR, BOLD, ITALIC), _cuts("Noto Sans", REGULAR, BOLD, ITALIC)
_DISPLAY = _cuts("Noto Serif Display", REGULAR)
TEXT = (
    Script("Latin, Greek, Cyrillic", ("Noto Serif",), _SERIF[0], "noto-serif", _SERIF[1]),
    Script("labels", ("Noto Sans",), _SANS[0], "noto-sans", _SANS[1]),
    Script("large figures", ("Noto Serif Display",), _DISPLAY[0], "noto-serif-display", _DISPLAY[1]),
)
SYMBOLS = _script("boxes to tick", "Noto Sans Symbols2", "Noto Sans Symbols 2")
SCRIPTS = (
    _script("Arabic, Persian, Uyghur", "Noto Naskh Arabic"),
    _script("Hebrew", "Noto Serif Hebrew"),
    Script(
        "Chinese, Japanese, Korean",
        ("Noto Serif CJK SC", "Noto Serif SC"),
        ("NotoSerifCJK-Regular.ttc",),
        "noto-serif-sc",
        ("NotoSerifSC_400Regular.ttf",),
        "fonts-noto-cjk",
    ),
    *(
        _script(label, "Noto Serif " + label)
        for label in [
            "Armenian",
            "Georgian",
            "Devanagari",
            "Thai",
            "Ethiopic",
            "Tamil",
            "Khmer",
            "Tibetan",
            "Bengali",
            "Gurmukhi",
            "Kannada",
            "Lao",
            "Malayalam",
            "Sinhala",
            "Telugu",
        ]
    ),
    _script("Myanmar", "Noto Serif Myanmar", "Noto Sans Myanmar"),
    _script("Gujarati", "Noto Serif Gujarati", "Noto Sans Gujarati"),
    *(
        _script(label, "Noto Sans " + label)
        for label in (
            "Mongolian",
            "Syriac",
            "Thaana",
            "Tifinagh",
            "Oriya",
            "Cherokee",
            "Adlam",
            "Ol Chiki",
            "Javanese",
            "Sundanese",
            "Balinese",
            "Coptic",
            "Vai",
            "Chakma",
            "Limbu",
            "Lepcha",
            "Lisu",
            "Yi",
            "Cham",
            "Tagbanwa",
        )
    ),
    Script(  # Debian's file calls itself CanAborig inside
        "Canadian syllabics",
        ("Noto Sans CanAborig", "Noto Sans Canadian Aboriginal"),
        ("NotoSansCanadianAboriginal-Regular.ttf",),
        "noto-sans-canadian-aboriginal",
        ("NotoSansCanadianAboriginal_400Regular.ttf",),
    ),
    _script("N’Ko", "Noto Sans NKo"),
    _script("Meetei Mayek", "Noto Sans MeeteiMayek", "Noto Sans Meetei Mayek"),
    _script("New Tai Lue", "Noto Sans NewTaiLue", "Noto Sans New Tai Lue"),
)
ALL = (*TEXT, SYMBOLS, *SCRIPTS)
# Korean as npm has it is a family of its own; Debian's CJK file holds all.
KOREAN = Script("Korean", ("Noto Serif KR",), (), "noto-serif-kr", ("NotoSerifKR_400Regular.ttf",))

INSIDE_TYPST = {"text": "Libertinus Serif", "mono": "DejaVu Sans Mono", "math": "New Computer Modern Math"}


def folder_in(instance: Path) -> Path:
    return instance / "fonts"


def by_script(folder: Path) -> dict[str, bool]:
    """Which scripts the folder can show, for `flask doctor` and the preflight."""
    return {script.label: script.present(folder) for script in (*TEXT[:1], *SCRIPTS)}


def stack(families: Collection[str]) -> dict[str, list[str]]:
    """The order of families per use, from those that are there: no name is asked for in vain."""

    def there(scripts: Iterable[Script]) -> list[str]:
        return [f for script in scripts for f in script.families if f in families]

    scripts = there((*SCRIPTS, KOREAN))
    serif, sans, display = (there([script]) for script in TEXT)
    text, mono, math = INSIDE_TYPST["text"], INSIDE_TYPST["mono"], INSIDE_TYPST["math"]
    rest = [*serif, *scripts, text]  # so that what the serif can show, every use can show
    return {
        "serif": rest,
        "sans": [*sans, *rest],
        "display": [*display, *rest],
        "mono": [mono],
        "symbols": [*there([SYMBOLS]), mono, math],
    }


# ---- make fonts ------------------------------------------------------------------------------------


def fetch(folder: Path) -> dict[str, str]:
    """Fill `folder`; for each script, where it came from (empty: nowhere)."""
    folder.mkdir(parents=True, exist_ok=True)
    came: dict[str, str] = {s.label: "already here" for s in ALL if s.present(folder)}
    for way in (_from_machine, _from_archive, _from_npm):
        missing = [s for s in ALL if s.label not in came]
        if not missing:
            break
        way(missing, folder)
        name = way.__name__.removeprefix("_from_")
        came |= {s.label: name for s in missing if s.present(folder)}
    return {s.label: came.get(s.label, "") for s in ALL}


def _keep(found: Path, folder: Path, link: bool) -> None:
    place = folder / found.name
    if place.exists():
        return
    if link:
        place.symlink_to(found)
    else:
        shutil.copyfile(found, place)


def _from_machine(scripts: Iterable[Script], folder: Path) -> None:
    """Files that Debian's packages have installed: linked, because they are large."""
    for name in (n for s in scripts for n in s.files):
        for place in DEBIAN_FOLDERS:
            if (place / name).exists():
                _keep(place / name, folder, link=True)


def _run(*command: str, cwd: Path) -> bool:
    tool = shutil.which(command[0])
    if tool is None:
        return False
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands, no shell
            [tool, *command[1:]], cwd=cwd, capture_output=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _from_archive(scripts: Iterable[Script], folder: Path) -> None:
    """Debian's archive, without root: download the package and unpack it aside."""
    wanted = {name for s in scripts for name in s.files}
    for package in sorted({s.package for s in scripts}):
        with tempfile.TemporaryDirectory() as aside:
            place = Path(aside)
            if not _run("apt-get", "download", package, cwd=place):
                continue
            for file in place.glob("*.deb"):
                _run("dpkg", "-x", str(file), str(place / "out"), cwd=place)
            for found in place.glob("out/**/*"):
                if found.name in wanted and found.is_file():
                    _keep(found, folder, link=False)


def _from_npm(scripts: Iterable[Script], folder: Path) -> None:
    """Static TrueType files as npm has them, one package per script; Korean apart from Chinese."""
    asked = list(scripts)
    if any(s.package == "fonts-noto-cjk" for s in asked):
        asked.append(KOREAN)
    for script in asked:
        with tempfile.TemporaryDirectory() as aside:
            place = Path(aside)
            if not _run("npm", "pack", "--silent", f"@expo-google-fonts/{script.npm}", cwd=place):
                continue
            for archive in place.glob("*.tgz"):
                _unpack(archive, {n.lower(): n for n in script.npm_files}, folder)


def _unpack(archive: Path, wanted: dict[str, str], folder: Path) -> None:
    with tarfile.open(archive) as tar:
        for member in tar:
            name = wanted.get(Path(member.name).name.lower())
            source = tar.extractfile(member) if name and member.isfile() else None
            if name and source and not (folder / name).exists():
                (folder / name).write_bytes(source.read())


def main() -> int:
    instance = Path(os.environ.get("CAMPAIGN_INSTANCE") or "instance")
    came = fetch(folder_in(instance).resolve())
    for label, way in came.items():
        print(f"{label:28} {way or 'not found'}")
    if missing := [label for label, way in came.items() if not way]:
        print(
            f"{len(missing)} of {len(came)} not found; packets are set without them, and names in those "
            "scripts are printed as number and country only."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

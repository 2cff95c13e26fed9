"""The sieve: a PDF goes in, its pages come out, in a process of its own that may neither grow nor run for long.

What reads a hostile file must be able to fail alone: the process has no secrets, 20 seconds and a gigabyte.
"""

import subprocess
import sys
from pathlib import Path

from campaign.domain.cases.enclosing import FileRefused, PdfActs, PdfBroken, PdfLocked
from campaign.gateways.scrubbing import ACTS, LOCKED

SECONDS = 30
_SAID: dict[int, type[FileRefused]] = {ACTS: PdfActs, LOCKED: PdfLocked}


class PdfSieve:
    """Meets `domain.enclosing.Sieve`."""

    def pdf(self, upload: bytes) -> bytes:
        script = Path(__file__).with_name("scrubbing.py")
        try:
            ran = subprocess.run(  # noqa: S603 - our own script, and nothing of the upload in its arguments
                [sys.executable, "-I", str(script)],
                input=upload,
                capture_output=True,
                timeout=SECONDS,
                env={},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PdfBroken from None
        if ran.returncode != 0 or not ran.stdout.startswith(b"%PDF-"):
            raise _SAID.get(ran.returncode, PdfBroken)
        return ran.stdout

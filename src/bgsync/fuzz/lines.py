"""An adapter in any language: a program that is asked in lines of JSON on its standard input, and answers likewise.

A question is {"do": METHOD, "with": [ARGUMENTS]}; the first one is {"do": "methods", "with": []}, and its answer says
which methods there are. An answer is {"result": VALUE}, {"error": TEXT} for what went wrong, or {"unable": true} for
what cannot be brought about just now. The program ends when its input does.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from bgsync.driving import Unable
from bgsync.fuzz.adapter import AdapterError

PATIENCE = 10.0
"""Seconds until a program that does not answer is taken to hang."""


class Lines:
    """The adapter that a program is. Raises AdapterError when it does not start, or does not follow the protocol."""

    def __init__(self, command: Sequence[str]) -> None:
        self.command = list(command)
        self._program: subprocess.Popen[bytes] | None = None
        methods = self._ask("methods")
        if not isinstance(methods, list):
            self.close()
            raise AdapterError(f"{self.command[0]}: to 'methods' it answered {methods!r}: give a list of names")
        for name in methods:
            if name not in ("reset", "close"):
                setattr(self, str(name), partial(self._ask, str(name)))

    def reset(self) -> None:
        """Begin anew, with a new program where the last one has ended."""
        self._ask("reset")

    def close(self) -> None:
        """End the program."""
        program, self._program = self._program, None
        if program is not None:
            for pipe in (program.stdin, program.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
            with suppress(subprocess.TimeoutExpired):
                program.wait(1)
            program.kill()
            program.wait()

    def _ask(self, method: str, *arguments: Any) -> Any:
        program = self._program or self._start()
        question = json.dumps({"do": method, "with": arguments}) + "\n"
        assert program.stdin is not None
        with suppress(OSError):  # that it has ended is seen when it is read
            os.write(program.stdin.fileno(), question.encode())
        line = self._line(program)
        try:
            answer = json.loads(line)
            if answer.get("unable"):
                raise Unable
            if "error" in answer:
                raise RuntimeError(str(answer["error"]))
            return answer["result"]
        except (ValueError, AttributeError, KeyError):
            self.close()
            said = line.decode(errors="replace").strip()
            raise AdapterError(f"{self.command[0]}: to {method!r} it answered {said!r}: that is no answer") from None

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            self._program = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError as error:
            raise AdapterError(f"{self.command[0]}: it cannot be started ({error.strerror}): name a program") from None
        return self._program

    def _line(self, program: subprocess.Popen[bytes]) -> bytes:
        """Read a line. Raises RuntimeError when the program ends, or hangs, instead of answering."""
        assert program.stdout is not None
        read, end = b"", time.monotonic() + PATIENCE
        while not read.endswith(b"\n"):
            ready, _, _ = select.select([program.stdout], [], [], max(0.0, end - time.monotonic()))
            data = os.read(program.stdout.fileno(), 1 << 16) if ready else b""
            if not data:
                self.close()
                what = "ended" if ready else f"did not answer in {PATIENCE:.0f} s"
                raise RuntimeError(f"the program {what}, with status {program.returncode}" if ready else f"it {what}")
            read += data
        return read

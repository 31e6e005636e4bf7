"""What the figures were taken on: the processor, its vector instructions, and what it reaches at most."""

import os
import pathlib
import re
import subprocess

SHOWN_FLAGS = (
    "fma", "avx2", "avx_vnni", "avx512f", "avx512vl", "avx512_vnni", "avx512_bf16", "amx_tile", "asimd", "bf16",
)  # fmt: skip


def _processor():
    fields = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        fields.setdefault(key.strip(), value.strip())
    return fields


def description():
    fields = _processor()
    flags = set((fields.get("flags") or fields.get("Features", "")).split())
    return {
        "cpu": fields.get("model name", "unknown"),
        "family": fields.get("cpu family", ""),
        "model": fields.get("model", ""),
        "flags": [flag for flag in SHOWN_FLAGS if flag in flags],
        "cores": len(os.sched_getaffinity(0)),
        "kernel": os.uname().release,
    }


def slug():
    """The processor's name for a file; with family and model, for a cloud's processors share a name."""
    fields = description()
    name = f"{fields['cpu']} f{fields['family']}m{fields['model']}"
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def peak(threads, folder):
    """GFLOP/s of multiply-add in registers, in single precision."""
    program = folder / "peak"
    source = pathlib.Path(__file__).with_name("peak.c")
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        command = ["cc", "-O2", "-march=native", "-ffp-contract=fast", "-pthread", str(source), "-o", str(program)]
        subprocess.run(command, check=True)
    output = subprocess.run([program, str(threads)], check=True, capture_output=True, text=True).stdout
    return float(output)

"""Builds a wheel of onedl-mmcv with its operators from the source distribution.

    python mmcv_wheel.py SDIST FOLDER

Run with setuptools, wheel and ninja importable and torch installed. Stock, the CPU build compiles 78 small
files whose headers are nearly all of the work; here they are concatenated into eight ("unity build"), which
takes a sixth of the time. With FORCE_CUDA=1 the 60 CUDA files are compiled too, each by itself: they set
macros of their own.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

SOURCES = "mmcv/ops/csrc/pytorch"
ALONE = {
    "bezier_align.cpp",
    "psamask.cpp",
    "roi_align.cpp",
    "roi_align_rotated.cpp",
    "rotated_feature_align.cpp",
}
"""CPU files that define macros `min` and `max`, or templates of the same name: each stays its own unit."""

OF_CPU = """            op_files = glob.glob('./mmcv/ops/csrc/pytorch/*.cpp') + \\
                glob.glob('./mmcv/ops/csrc/pytorch/cpu/*.cpp')"""
STOCK = (
    f"            print(f'Compiling {{ext_name}} only with CPU')\n{OF_CPU}\n",
    f"{OF_CPU} + \\\n                glob.glob('./mmcv/ops/csrc/pytorch/cuda/*.cu')",
)
"""Where its setup.py chooses the files: for a CPU, and for CUDA."""


def make_unity(root: Path) -> None:
    """Makes the C++ files of the unpacked source distribution at `root` a unity build."""
    csrc = root / SOURCES
    wrappers = sorted(csrc.glob("*.cpp"))
    cpu = sorted((csrc / "cpu").glob("*.cpp"))
    alone = [file for file in cpu if file.name in ALONE]
    half = len(wrappers) // 2
    unity = csrc / "unity"
    unity.mkdir()
    for name, files in (
        ("wrappers_a", wrappers[:half]),
        ("wrappers_b", wrappers[half:]),
        ("cpu", [file for file in cpu if file not in alone]),
    ):
        lines = [f'#include "{os.path.relpath(file, unity)}"\n' for file in files]
        (unity / f"{name}.cpp").write_text("".join(lines))
    setup = root / "setup.py"
    text = setup.read_text()
    kept = ", ".join(f"'./{file.relative_to(root)}'" for file in alone)
    chosen = f"            op_files = glob.glob('./{SOURCES}/unity/*.cpp') + [{kept}]"
    for stock in STOCK:
        if text.count(stock) != 1:
            raise SystemExit("setup.py of onedl-mmcv is not the one that install/mmcv_wheel.py knows")
        text = text.replace(stock, stock.replace(OF_CPU, chosen))
    setup.write_text(text)


def build(sdist: Path, folder: Path) -> Path:
    """Unpacks, compiles and packs; the wheel is put into `folder` whole or not at all."""
    with_cuda = os.environ.get("FORCE_CUDA") == "1"
    with tempfile.TemporaryDirectory(prefix="mmcv-build-") as work:
        with tarfile.open(sdist) as archive:
            archive.extractall(work, filter="data")
        (root,) = Path(work).iterdir()
        make_unity(root)
        environment = dict(os.environ)
        if not with_cuda:
            # A GPU that torch sees would switch setup.py to CUDA.
            environment["CUDA_VISIBLE_DEVICES"] = ""
        for name in ("CFLAGS", "CXXFLAGS"):
            environment.setdefault(name, "-g0 -O2 -w")
        command = [sys.executable, "-u", "setup.py", "bdist_wheel", "--dist-dir", "built"]
        subprocess.run(command, cwd=root, env=environment, check=True)
        (wheel,) = (root / "built").glob("*.whl")
        # Where torch cannot be imported, setup.py says nothing and packs a wheel without operators.
        with zipfile.ZipFile(wheel) as archive_of_wheel:
            names = archive_of_wheel.namelist()
        if not any(name.startswith("mmcv/_ext") and name.endswith(".so") for name in names):
            raise SystemExit(f"{wheel.name} has no mmcv/_ext*.so: the operators were not compiled")
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{wheel.name}.partial"
        partial.write_bytes(wheel.read_bytes())
        return partial.rename(folder / wheel.name)


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), Path(sys.argv[2])))

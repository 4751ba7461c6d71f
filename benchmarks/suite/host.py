# SPDX-License-Identifier: Apache-2.0
"""Emulator and compiler against anchors that run beside them.

Each figure is the median of ratios from pairs of runs, ours and the anchor's in
turn, so that a host that changes its speed changes both.
"""

import functools
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import graphs
import networks
import programs
from table import Row

REPEATS = 5
HERE = pathlib.Path(__file__).resolve().parent


def seconds_of(function):
    begin = time.perf_counter()
    function()
    return time.perf_counter() - begin


def paired(ours, anchor, repeats=REPEATS):
    """Medians of ours, of the anchor's and of the ratios, once each before."""
    ours(), anchor()
    pairs = [(ours(), anchor()) for _ in range(repeats)]
    return (statistics.median(a for a, _ in pairs),
            statistics.median(b for _, b in pairs),
            statistics.median(a / b for a, b in pairs))


def pair_row(name, pair, unit, least, aim=0, larger=False, note=""):
    """A row whose ratio is the median ratio."""
    ours, _, ratio = pair
    return Row(name, ours, ours / ratio, unit, least, aim, larger, note=note)


def cpu_flags():
    for line in open("/proc/cpuinfo", encoding="utf-8"):
        if line.startswith("flags"):
            return set(line.split(":", 1)[1].split())
    return set()


# ---- emulator ----

PRODUCT = """
.machine trn1
.segment output "y" f32 [1]
.queue pe
load_stationary [128, 128] sbuf.{dtype}[0, 0x0 : 1] at 0
loop r1 < r0 + {count}
matmul [128, 512] psum.f32[0, 0x0 : 1] = sbuf.{dtype}[0, 0x1000 : 1] cols 128
end_loop
"""
PRODUCTS = 20_000


def product_speed(setup, dtype):
    """GFLOP/s of one array instruction, many times."""
    text = setup.folder / f"product-{dtype}.tas"
    program = text.with_suffix(".tlx")
    if not program.exists():
        text.write_text(PRODUCT.format(dtype=dtype, count=PRODUCTS))
        setup.tool("tilicho-as", text, "-o", program)
    stats = text.with_suffix(".json")
    setup.tool("tilicho-run", program, "--timing=off", "--threads=1",
               "--quiet", f"--stats={stats}")
    seconds = json.loads(stats.read_text())["emulate_seconds"]
    return PRODUCTS * 2 * 128 * 128 * 512 / seconds / 1e9


def fma_peak(setup):
    binary = setup.folder / "peak"
    if not binary.exists():
        subprocess.run(["clang++-22", "-O3", "-march=native",
                        "-ffp-contract=fast", HERE / "peak.cpp", "-o", binary],
                       check=True)
    done = subprocess.run([binary], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[0])


def product_rows(setup):
    flags = cpu_flags()
    bf16 = 5 if "amx_bf16" in flags else 1.7 if "avx512_bf16" in flags else 0
    return [pair_row(f"array instruction {dtype} over f32 FMA peak", paired(
        lambda: product_speed(setup, dtype), lambda: fma_peak(setup)),
        "GFLOP/s", least, larger=True)
        for dtype, least in (("f32", 0.92), ("bf16", bf16))]


def onnx_session(path, threads=1):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options)


def random_inputs(session):
    import numpy
    source = numpy.random.default_rng(1)
    inputs = {}
    for info in session.get_inputs():
        shape = [n if isinstance(n, int) else 1 for n in info.shape]
        inputs[info.name] = (source.integers(0, 1000, shape)
                             if info.type == "tensor(int64)" else
                             source.normal(size=shape).astype("float32"))
    return inputs


class Emulation:
    """A model on the emulator and on ONNX Runtime."""

    def __init__(self, path, dims, precision):
        import tilicho
        self.session = {threads: onnx_session(path, threads)
                        for threads in (1, 2)}
        self.inputs = random_inputs(self.session[1])
        self.program = tilicho.compile(path, dims=dims,
                                       precision=precision, optimization=3)

    def ours(self, threads=1):
        return seconds_of(lambda: self.program.run(
            self.inputs, timing="off", threads=threads))

    def anchor(self, threads=1):
        return seconds_of(
            lambda: self.session[threads].run(None, self.inputs))


def emulated_models(setup):
    """By name: the model, the values of its dimensions, how its time in f32
    and in bf16 is to stand to ONNX Runtime's."""
    flags = cpu_flags()
    narrow = (0.55, 0.4) if "amx_bf16" in flags else \
        (0.9, 0.7) if "avx512_bf16" in flags else (0, 0)
    bert = seeded(networks.bert().save(setup.folder, "bert-emulated"))
    return {"ResNet-50 b1": (setup.model("resnet50-v1.5"), {"batch": 1}, 1.5,
                             narrow[0]),
            "BERT-base s128 b1": (bert, {}, 1.2, narrow[1])}


def seeded(path):
    """Fills the model's weights with small numbers."""
    import numpy
    file = path.parent / "weights.bin"
    count = file.stat().st_size // 4
    source = numpy.random.default_rng(0)
    with open(file, "wb") as out:
        for begin in range(0, count, 1 << 22):
            part = source.random(min(1 << 22, count - begin), "float32")
            out.write(((part - 0.5) * 0.05).tobytes())
    return path


def emulation_rows(setup):
    rows = []
    for name, (path, dims, wide, narrow) in emulated_models(setup).items():
        for precision, least in (("f32", wide), ("bf16", narrow)):
            both = Emulation(path, dims, precision)
            rows.append(pair_row(
                f"emulating {name} {precision} over ONNX Runtime f32",
                paired(both.ours, both.anchor), "s", least))
            if precision == "f32":
                rows.append(thread_row(name, both))
    return rows


def thread_row(name, both):
    """The gain from a second thread over ONNX Runtime's own."""
    def gain(run):
        return run(1) / run(2)
    return pair_row(f"{name}: gain from a second thread over ONNX Runtime's",
                    paired(lambda: gain(both.ours), lambda: gain(both.anchor)),
                    "", 0.9, larger=True)


def timing_seconds(setup, program, stats):
    """Of a whole process that calculates no values."""
    def once():
        return seconds_of(lambda: setup.tool(
            "tilicho-run", program, "--timing=only", "--quiet",
            f"--stats={stats}"))
    once()
    return statistics.median(once() for _ in range(REPEATS))


def timing_rows(setup):
    program, stats = setup.folder / "timed.tlx", setup.folder / "timed.json"
    setup.tool("tilicho-compile", setup.model("resnet50-v1.5"), "-o", program,
               "--dim=batch=1", programs.BF16, programs.LEVEL)
    rows = [Row("timing alone, ResNet-50 b1", timing_seconds(
        setup, program, stats), 0.03, "s", 1)]
    large = graphs.gemm(8192).save(setup.folder, "timed")
    setup.tool("tilicho-compile", large, "-o", program, programs.LEVEL)
    seconds = timing_seconds(setup, program, stats)
    ran = json.loads(stats.read_text())["executed_instructions"]
    rows.append(Row("timing alone, GEMM 8192^3, instructions",
                    sum(ran.values()) / seconds, 2e6, "1/s", 1,
                    isLargerBetter=True))
    return rows


def emulator_rows(setup):
    rows = []
    for take in (product_rows, emulation_rows, timing_rows):
        rows += programs.measured(setup, take.__name__,
                                  lambda: take(setup))
    return rows


# ---- compiler ----

def compile_seconds(setup, path, *flags, level=programs.LEVEL):
    output = setup.folder / "compiled.tlx"
    return seconds_of(lambda: setup.tool(
        "tilicho-compile", path, "-o", output, level, *flags))


def session_rows(setup, path, name, least, *flags):
    flags = (programs.BF16, *flags)
    pair = paired(lambda: compile_seconds(setup, path, *flags),
                  lambda: seconds_of(lambda: onnx_session(path)))
    rows = [pair_row(f"compiling {name} over ONNX Runtime's session", pair,
                     "s", least)]
    size = path.parent.joinpath("weights.bin").stat().st_size \
        if path.parent.joinpath("weights.bin").exists() else path.stat().st_size
    peak = peak_bytes(setup, path, *flags)
    rows.append(Row(f"compiling {name}: peak memory", peak,
                    1.5 * size + 300e6, "bytes", 1))
    return rows


def peak_bytes(setup, path, *flags):
    """Of a child of its own, which says what it used."""
    command = [str(setup.tools / "tilicho-compile"), str(path), "-o",
               str(setup.folder / "compiled.tlx"), programs.LEVEL, *flags]
    code = ("import resource, subprocess, sys; "
            "subprocess.run(sys.argv[1:], check=True); "
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    done = subprocess.run([sys.executable, "-c", code, *command],
                          capture_output=True, text=True, check=True)
    return int(done.stdout) * 1024


@functools.lru_cache(maxsize=None)
def iree_tools():
    """IREE's compiler, in an environment of its own; none without it."""
    cache = pathlib.Path(os.environ.get(
        "TILICHO_CACHE", pathlib.Path.home() / ".cache/tilicho"))
    bin_folder = cache / "iree" / "bin"
    if not (bin_folder / "iree-compile").exists():
        for command in ([sys.executable, "-m", "venv", cache / "iree"],
                        [bin_folder / "pip", "install", "-q",
                         "iree-base-compiler[onnx]==3.13.0"]):
            if subprocess.run(command, capture_output=True).returncode:
                raise RuntimeError("iree-base-compiler cannot be installed")
    return bin_folder


def iree_rows(setup):
    tools = iree_tools()
    module = setup.folder / "resnet.mlir"
    model = setup.model("resnet50-v1.5")
    subprocess.run([tools / "iree-import-onnx", model, "-o", module,
                    "--opset-version=17", "--data-prop"],
                   capture_output=True, check=False)
    if not module.exists():
        raise RuntimeError("iree-import-onnx does not take the model")

    def anchor():
        return seconds_of(lambda: subprocess.run(
            [tools / "iree-compile", module, "-o", setup.folder / "r.vmfb",
             "--iree-hal-target-device=local",
             "--iree-hal-local-target-device-backends=llvm-cpu",
             "--iree-llvmcpu-target-cpu=host"], capture_output=True,
            check=True))
    pair = paired(lambda: compile_seconds(setup, model, "--dim=batch=1",
                                          programs.BF16), anchor)
    return [pair_row("compiling ResNet-50 over iree-compile", pair, "s", 0.25)]


def scaling_rows(setup):
    small = graphs.gemm(1024).save(setup.folder, "gemm1024")
    large = graphs.gemm(16384).save(setup.folder, "gemm16384")
    pair = paired(lambda: compile_seconds(setup, large),
                  lambda: compile_seconds(setup, small))
    sizes = []
    for path in (large, small):
        compile_seconds(setup, path, f"--stats={setup.folder / 's.json'}")
        sizes.append(json.loads((setup.folder / "s.json").read_text())
                     ["program_bytes"])
    rows = [pair_row("compiling GEMM 16384^3 over 1024^3", pair, "s", 2),
            Row("GEMM 16384^3 over 1024^3: program", *sizes, "bytes", 2)]
    layers = [networks.bert(layers=count, width=256).save(
        setup.folder, f"layers{count}") for count in (96, 12)]
    pair = paired(*(functools.partial(compile_seconds, setup, path)
                    for path in layers))
    rows.append(pair_row("compiling 96 layers over 12", pair, "s", 8.8))
    return rows


def again_rows(setup):
    """The same model with another flag, after a first compile that kept its
    weights."""
    model, folder = setup.model("resnet50-v1.5"), setup.folder / "weights"

    def once(level):
        return compile_seconds(setup, model, "--dim=batch=1", programs.BF16,
                               f"--weight-cache={folder}", level=level)

    def first():
        shutil.rmtree(folder, ignore_errors=True)
        return once(programs.LEVEL)
    pair = paired(lambda: once("-O2"), first)
    return [pair_row("compiling again with another flag", pair, "s", 0.5)]


def compiler_rows(setup):
    def sessions():
        bert = seeded(networks.bert().save(setup.folder, "bert-compiled"))
        return session_rows(setup, setup.model("resnet50-v1.5"), "ResNet-50",
                            8, "--dim=batch=1") + \
            session_rows(setup, bert, "BERT-base", 4)
    rows = []
    for name, take in (("sessions", sessions),
                       ("iree", lambda: iree_rows(setup)),
                       ("scaling", lambda: scaling_rows(setup)),
                       ("again", lambda: again_rows(setup))):
        rows += programs.measured(setup, name, take)
    return rows


SECTIONS = {"Emulator": emulator_rows, "Compiler": compiler_rows}

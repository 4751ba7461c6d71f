# SPDX-License-Identifier: Apache-2.0
"""Programs: the modelled time and the bytes they move, against bounds that
come from the graph and the machine alone."""

import dataclasses
import functools
import json
import math
import pathlib
import subprocess
import tempfile

import graphs
import networks
from table import Row

US = "us"
LEVEL = "-O3"


@dataclasses.dataclass(eq=False)
class Setup:
    """Where the tools, the models of the suite and temporary files are."""

    tools: pathlib.Path
    folder: pathlib.Path
    isQuick: bool = False
    say: callable = print

    def tool(self, name, *arguments):
        done = subprocess.run([self.tools / name, *map(str, arguments)],
                              capture_output=True, text=True)
        if done.returncode:
            lines = (done.stderr or "no message").strip().splitlines()
            raise RuntimeError(lines[0][:160])
        return done.stdout

    @functools.lru_cache(maxsize=None)
    def model(self, name):
        """A graph of the test suite with its weights filled in."""
        import fill
        import onnx
        path = pathlib.Path(fill.__file__).parent / "graphs" / f"{name}.onnx"
        return fill.write_filled(onnx.load(path), self.folder / name, 0)

    def stats(self, model, *flags):
        """The statistics of the compiled and timed model."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            program = pathlib.Path(folder) / "m.tlx"
            stats = pathlib.Path(folder) / "m.json"
            self.tool("tilicho-compile", model, "-o", program, LEVEL, *flags)
            self.tool("tilicho-run", program, "--timing=only", "--quiet",
                      f"--stats={stats}")
            return json.loads(stats.read_text(encoding="utf-8"))

    def kernel(self, name, graph, *flags):
        path = graph.save(self.folder, name)
        try:
            return self.stats(path, *flags)
        finally:
            (path.parent / "weights.bin").unlink()


def bound_row(name, stats, least=0, aim=0, key="bound_us", at_hbm=True):
    return Row(name, stats["makespan_us"], stats[key], US, least, aim,
               anchorAtHbm=stats["bound_at_hbm_us"] if at_hbm else 0,
               programBytes=int(stats["program_bytes"]))


def failed(name, error, least=0, aim=0):
    return Row(name, least=least, aim=aim, note=str(error))


def measured(setup, name, take, *limits):
    """The rows of `take`, or one that says why there are none."""
    try:
        rows = take()
    except RuntimeError as error:
        rows = [failed(name, error, *limits)]
    for row in rows:
        setup.say(row)
    return rows


# ---- kernels ----

GEMMS = [
    # name, size, type, transA, at least, aim, whether it is quick
    ("GEMM 1024^3 bf16", 1024, "bf16", False, 0, 0, True),
    ("GEMM 1024^3 bf16 transA", 1024, "bf16", True, 0, 0, True),
    ("GEMM 1024^3 f32", 1024, "f32", False, 0, 0, True),
    ("GEMM 2048^3 bf16", 2048, "bf16", False, 1.15, 1.12, True),
    ("GEMM 2048^3 bf16 transA", 2048, "bf16", True, 1.12, 1.10, True),
    ("GEMM 2048^3 f32", 2048, "f32", False, 1.10, 1.08, True),
    ("GEMM 4096^3 bf16", 4096, "bf16", False, 1.08, 1.05, True),
    ("GEMM 4096^3 f32", 4096, "f32", False, 1.06, 1.04, False),
    ("GEMM 8192^3 bf16", 8192, "bf16", False, 0, 0, False),
    ("GEMM 8192^3 bf16 transA", 8192, "bf16", True, 0, 0, False),
    ("GEMM 8192^3 f32", 8192, "f32", False, 0, 0, False),
]


def gemm_rows(setup):
    rows = []
    for name, size, dtype, transposed, least, aim, is_quick in GEMMS:
        if setup.isQuick and not is_quick:
            continue
        rows += measured(setup, name, lambda: [bound_row(
            name, setup.kernel("gemm", graphs.gemm(size, dtype, transposed)),
            least, aim)], least, aim)
    return rows


def few_rows(setup):
    rows = []
    for count in (1, 8, 32, 128):
        name = f"{count} x 4096 times 4096 x 4096 bf16"
        rows += measured(setup, name, lambda: [bound_row(
            name, setup.kernel("rows", graphs.few_rows(count)), 1.12, 1.07)],
            1.12, 1.07)
    return rows


def convolution_rows(setup):
    name = "3x3 convolution 256 to 256, 224 x 224, bf16, trn2"

    def take():
        stats = setup.kernel("convolution", graphs.convolution(),
                             "--machine=trn2")
        row = bound_row(name, stats)
        # The figure that is asked for is a time.
        row.note = f"{stats['makespan_us']:.0f} of at most 850 us, aim 830"
        return [row]
    return measured(setup, name, take)


def attention_rows(setup):
    rows = []
    for length in (4096, 16384):
        for machine, least, aim in (("trn1", 3.2, 2.6), ("trn2", 2.5, 2.0)):
            if setup.isQuick and length > 4096:
                continue
            name = f"attention 1 x 16 x {length} x 128 bf16, {machine}"
            rows += measured(setup, name, lambda: [bound_row(
                name, setup.kernel("attention",
                                   graphs.attention(16, length, 128),
                                   f"--machine={machine}"),
                least, aim, key="pe_tile_us", at_hbm=False)], least, aim)
    return rows


QUICK_KERNELS = {"silu", "adamw", "rope", "swiglu", "rmsnorm_matmul",
                 "add_rmsnorm_matmul", "matmul_add_rmsnorm", "mamba"}


def mean(values):
    """The geometric one."""
    return math.exp(sum(map(math.log, values)) / len(values))


def nkibench_rows(setup):
    rows, ours, theirs, traffic = [], [], [], []
    for name, (build, roofline) in graphs.NKIBENCH.items():
        if setup.isQuick and name not in QUICK_KERNELS:
            continue

        def take():
            stats = setup.kernel(name, build())
            row = bound_row(f"NKIBench {name} f32", stats)
            share = stats["bound_us"] / stats["makespan_us"]
            ours.append(share)
            theirs.append(roofline / stats["makespan_us"])
            traffic.append(stats["hbm_bytes"] / stats["hbm_compulsory_bytes"])
            row.note = (f"{100 * share:.0f} % of our bound, "
                        f"{100 * theirs[-1]:.0f} % of their roofline")
            return [row]
        rows += measured(setup, f"NKIBench {name} f32", take)
    if setup.isQuick or not ours:
        return rows
    note = f"of {len(ours)} kernels"
    means = [
        Row("NKIBench, mean share of our bound", mean(ours), 1, "", 0.80, 0.85,
            True, note=note),
        Row("NKIBench, mean share of their roofline", mean(theirs), 1, "",
            0.65, 0.70, True, note=note),
        Row("NKIBench, worst share of our bound", min(ours), 1, "", 0.55, 0.65,
            True, note=note),
        Row("NKIBench, HBM bytes over compulsory", mean(traffic), 1, "", 1.35,
            1.25, note=note)]
    for row in means:
        setup.say(row)
    return rows + means


# ---- networks ----

BF16 = "--precision=bf16"


@dataclasses.dataclass
class Network:
    """A whole model in bf16, and what its figures are to reach."""

    name: str
    #: Of `Setup`, the statistics with more flags.
    run: callable
    least: float
    aim: float
    #: HBM bytes over the compulsory ones.
    traffic: tuple = (1.08, 1.06)
    key: str = "bound_us"
    isQuick: bool = False
    #: Cycles of SCALE-Sim's best dataflow, at least, aim.
    scaleSim: tuple = None


def of_suite(name, batch):
    return lambda setup, *flags: setup.stats(
        setup.model(name), f"--dim=batch={batch}", BF16, *flags)


def of_graph(name, build):
    return lambda setup, *flags: setup.kernel(name, build(), BF16, *flags)


NETWORKS = [
    Network("ResNet-50 b1", of_suite("resnet50-v1.5", 1), 1.4, 1.25,
            isQuick=True, scaleSim=(645320, 0.58, 0.52)),
    Network("ResNet-50 b8", of_suite("resnet50-v1.5", 8), 1.5, 1.4,
            (1.25, 1.2)),
    Network("MobileNetV2 b1", of_suite("mobilenetv2", 1), 1.8, 1.5,
            key="engine_bound_us", isQuick=True),
    Network("BERT-base s128 b1", of_graph("bert", networks.bert), 1.15, 1.08,
            isQuick=True, scaleSim=(928584, 0.82, 0.80)),
    Network("BERT-base s128 b8",
            of_graph("bert8", lambda: networks.bert(8)), 1.25, 1.12,
            (1.25, 1.2)),
    Network("ViT-B/16 b1", of_graph("vit", networks.vit), 1.2, 1.10),
    Network("GPT-2 decode, cache of 1024",
            of_graph("gpt2", networks.gpt2_decode), 1.2, 1.15),
]


def array_busy_row(network, stats, clock):
    cycles, least, aim = network.scaleSim
    return Row(f"{network.name}: array-busy cycles over SCALE-Sim's",
               stats["engine_busy_us"]["pe"] * clock * 1e3, cycles, "cycles",
               least, aim)


def array_clock(setup, machine):
    text = setup.tool("tilicho-machine", machine)
    fields = dict(line.split("=", 1) for line in text.splitlines()
                  if "=" in line)
    return float(fields["array.clock_ghz"]), int(fields["sbuf.usable_bytes"])


def network_rows(setup):
    rows = []
    clock, usable = array_clock(setup, "trn1")
    for network in NETWORKS:
        if setup.isQuick and not network.isQuick:
            continue

        def take():
            stats = network.run(setup)
            made = [bound_row(network.name + " bf16", stats, network.least,
                              network.aim, network.key,
                              network.key == "bound_us"),
                    Row(f"{network.name}: HBM bytes", stats["hbm_bytes"],
                        stats["hbm_compulsory_bytes"], "bytes",
                        *network.traffic)]
            if network.scaleSim:
                made.append(array_busy_row(network, stats, clock))
            return made + memory_rows(setup, network, stats, usable)
        rows += measured(setup, network.name + " bf16", take, network.least,
                         network.aim)
    return rows


def memory_rows(setup, network, stats, usable):
    less = network.run(setup, f"--set=sbuf.usable_bytes={usable * 3 // 4}")
    packed = network.run(setup, "--pack-sbuf")
    rows = [Row(f"{network.name}: SBUF when packed over live",
                packed["sbuf_peak_bytes"], packed["sbuf_live_bound_bytes"],
                "bytes", 1.02, 1.01),
            Row(f"{network.name}: SBUF in use over live",
                stats["sbuf_peak_bytes"], stats["sbuf_live_bound_bytes"],
                "bytes"),
            Row(f"{network.name}: time with 75 % of SBUF over all",
                less["makespan_us"], stats["makespan_us"], US, 1.08, 1.05)]
    if not setup.isQuick:
        plain = network.run(setup, "-O1")
        rows.append(Row(f"{network.name}: -O3 over -O1", stats["makespan_us"],
                        plain["makespan_us"], US))
    return rows


def kernel_rows(setup):
    return gemm_rows(setup) + few_rows(setup) + convolution_rows(setup) + \
        attention_rows(setup)


SECTIONS = {"Kernels": kernel_rows, "NKIBench": nkibench_rows,
            "Networks": network_rows}

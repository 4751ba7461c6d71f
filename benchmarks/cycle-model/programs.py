# SPDX-License-Identifier: Apache-2.0
"""Programs that replay published measurements, written by hand for the ISA."""

from assembly import Program, Ring

BYTES = {"f32": 4, "bf16": 2, "f16": 2}
BANK = 2048
# Above all other buffers, and inside the SBUF of trn1 and trn2.
STAGING_END = 0x2C000


def store_tiles(program, tiles, dtype, out, address, tile_columns, engine="act"):
    """Evacuates `tiles` PSUM banks in turn through `engine` and stores them.
    `address(queue)` returns the store's HBM address and how to step it."""
    banks = Ring(program, 8, BANK)
    row = tile_columns * BYTES[dtype]
    staging = Ring(program, 4, row, base=STAGING_END - 4 * row)
    evacuate, store = program.queue(engine), program.queue("dma3")
    source, target = banks.consumer(evacuate), staging.producer(evacuate)
    with evacuate.loop(tiles):
        evacuate.emit(f"wait {staging.free} >= 0 + {target.count}")
        evacuate.emit(
            f"activate [128, {tile_columns}] "
            f"sbuf.{dtype}[0, {staging.base} + {target.slot} : 1] = "
            f"copy(psum.f32[0, 0x0 + {source.slot} : 1] * 1 + 0)",
            wait=source.wait_full(),
            signal=banks.free,
        )
        evacuate.emit(f"signal {staging.full} += 1")
        source.next()
        target.next()
    held = staging.consumer(store)
    hbm, step = address(store)
    with store.loop(tiles):
        store.emit(
            f"dma [128, {tile_columns}] hbm.{dtype}[{out}, {hbm}] = "
            f"sbuf.{dtype}[0, {staging.base} + {held.slot} : 1, 1]",
            wait=held.wait_full(),
            signal=staging.free,
        )
        held.next()
        step()
    return banks


def linear(bytes_per_tile, steps):
    """Output tiles one after the other; where they lie costs nothing."""

    def address(queue):
        register = queue.register()
        return f"0x0 + {register} : {steps}, 1", lambda: queue.add(
            register, bytes_per_tile
        )

    return address


def gemm_f32_hoisted(machine, hoist):
    """The ladder's v3 (left operand loaded once a row of tiles) and v2."""
    m_tiles, n_tiles, k_tiles = 32, 16, 64
    program = Program(machine)
    program.tensor("input", "a", "f32", 8192, 4096)
    program.tensor("input", "b", "f32", 8192, 8192)
    program.tensor("output", "c", "f32", 4096, 8192)
    right = Ring(program, 40, 2048, base=0)
    left_slots, left_stride = (2, 64 * 512) if hoist else (40, 512)
    left = Ring(program, left_slots, left_stride, base=40 * 2048)
    load_a, load_b, pe = (program.queue(q) for q in ("dma0", "dma1", "pe"))

    slot = left.producer(load_a)
    column = load_a.register()
    row = load_a.register()
    with load_a.loop(m_tiles):
        with load_a.loop(1 if hoist else n_tiles):
            load_a.emit(f"alu {row} = add({column}, r0 + 0)")
            if hoist:
                load_a.emit(
                    f"dma [128, 64, 128] sbuf.f32[0, {left.base} + {slot.slot} : 1, "
                    f"128, 1] = hbm.f32[a, 0x0 + {row} : 4096, 524288, 1]",
                    wait=slot.wait_free(), signal=left.full)
                slot.next()
            else:
                with load_a.loop(k_tiles):
                    load_a.emit(
                        f"dma [128, 128] sbuf.f32[0, {left.base} + {slot.slot} : 1, 1] "
                        f"= hbm.f32[a, 0x0 + {row} : 4096, 1]",
                        wait=slot.wait_free(), signal=left.full)
                    load_a.add(row, 128 * 4096 * 4)
                    slot.next()
        load_a.add(column, 512)

    slot = right.producer(load_b)
    with load_b.loop(m_tiles):
        with load_b.loop(n_tiles) as n:
            row = "r40"
            load_b.emit(f"alu {row} = mul({n}, r0 + 2048)")
            with load_b.loop(k_tiles):
                load_b.emit(
                    f"dma [128, 512] sbuf.f32[0, {right.base} + {slot.slot} : 1, 1] = "
                    f"hbm.f32[b, 0x0 + {row} : 8192, 1]",
                    wait=slot.wait_free(), signal=right.full)
                load_b.add(row, 128 * 8192 * 4)
                slot.next()

    banks = store_tiles(program, m_tiles * n_tiles, "f32", "c", linear(0, 8192), 512)
    a, b, bank = left.consumer(pe), right.consumer(pe), banks.producer(pe)
    with pe.loop(m_tiles):
        if hoist:
            pe.emit(f"wait {left.full} >= 0 + {a.count}")
        with pe.loop(n_tiles):
            pe.emit(f"wait {banks.free} >= 0 + {bank.count}")
            with pe.loop(k_tiles) as k:
                offset = f" + {k}*512" if hoist else ""
                pe.emit(
                    f"load_stationary [128, 128] sbuf.f32[0, {left.base}{offset} + "
                    f"{a.slot} : 1] at 0",
                    wait=None if hoist else a.wait_full(),
                    signal=None if hoist else left.free)
                pe.emit(
                    f"matmul accumulate [128, 512] psum.f32[0, 0x0 + {bank.slot} : 1] = "
                    f"sbuf.f32[0, {right.base} + {b.slot} : 1] cols 128",
                    wait=b.wait_full(), signal=right.free)
                b.next()
                if not hoist:
                    a.next()
            pe.emit(f"signal {banks.full} += 1")
            bank.next()
        if hoist:
            pe.emit(f"signal {left.free} += 1")
            a.next()
    return program.text()


def gemm_f32_blocked(machine, m_block, n_block, k_block):
    """The ladder's v4 and v5: blocks of tiles stay in SBUF while they are used.
    A block of the result is added up in SBUF when K is blocked."""
    m_blocks, n_blocks, k_blocks = 32 // m_block, 16 // n_block, 64 // k_block
    program = Program(machine)
    program.tensor("input", "a", "f32", 8192, 4096)
    program.tensor("input", "b", "f32", 8192, 8192)
    program.tensor("output", "c", "f32", 4096, 8192)
    a_row, b_row = m_block * 512, n_block * 2048
    left = Ring(program, 2, k_block * a_row)
    right = Ring(program, 2, k_block * b_row, base=2 * left.stride)
    sums = right.base + 2 * right.stride
    steps = m_blocks * n_blocks * k_blocks
    for name, tensor, ring, row, width in (
        ("dma0", "a", left, a_row, 4096), ("dma1", "b", right, b_row, 8192)):
        queue = program.queue(name)
        slot = ring.producer(queue)
        with queue.loop(steps):
            queue.emit(
                f"dma [128, {k_block}, {row // 4}] sbuf.f32[0, {ring.base} + "
                f"{slot.slot} : 1, {row // 4}, 1] = hbm.f32[{tensor}, 0x0 : "
                f"{width}, {width * 128}, 1]",
                wait=slot.wait_free(), signal=ring.full)
            slot.next()

    banks = Ring(program, 8, BANK)
    pe = program.queue("pe")
    a, b, bank = left.consumer(pe), right.consumer(pe), banks.producer(pe)
    with pe.loop(steps):
        pe.emit(f"wait {left.full} >= 0 + {a.count}")
        pe.emit(f"wait {right.full} >= 0 + {b.count}")
        with pe.loop(m_block) as m:
            with pe.loop(n_block) as n:
                pe.emit(f"wait {banks.free} >= 0 + {bank.count}")
                for k in range(k_block):
                    pe.emit(
                        f"load_stationary [128, 128] sbuf.f32[0, "
                        f"{left.base + k * a_row} + {m}*512 + {a.slot} : 1] at 0")
                    pe.emit(
                        f"matmul{' accumulate' if k else ''} [128, 512] "
                        f"psum.f32[0, 0x0 + {bank.slot} : 1] = sbuf.f32[0, "
                        f"{right.base + k * b_row} + {n}*2048 + {b.slot} : 1] cols 128")
                pe.emit(f"signal {banks.full} += 1")
                bank.next()
        pe.emit(f"signal {left.free} += 1")
        pe.emit(f"signal {right.free} += 1")
        a.next()
        b.next()

    tiles = m_block * n_block
    added, stored = program.semaphore(), program.semaphore()
    vec, store = program.queue("vec"), program.queue("dma3")
    source = banks.consumer(vec)
    reuse = vec.register(1 - tiles)
    with vec.loop(m_blocks * n_blocks):
        for first, count in ((True, 1), (False, k_blocks - 1)):
            if count == 0:
                continue
            with vec.loop(count):
                with vec.loop(tiles) as tile:
                    there = f"sbuf.f32[0, {sums} + {tile}*2048 : 1]"
                    psum = f"psum.f32[0, 0x0 + {source.slot} : 1]"
                    if first:
                        vec.emit(f"wait {stored} >= 0 + {reuse}")
                        vec.add(reuse)
                        vec.emit(f"tensor_scalar [128, 512] {there} = "
                                 f"copy(copy({psum}, 0), 0)",
                                 wait=source.wait_full(), signal=banks.free)
                    else:
                        vec.emit(f"tensor_tensor [128, 512] {there} = "
                                 f"add({psum}, {there})",
                                 wait=source.wait_full(), signal=banks.free)
                    source.next()
        vec.emit(f"signal {added} += 1")
    with store.loop(m_blocks * n_blocks) as block:
        store.emit(f"wait {added} >= 1 + {block}")
        with store.loop(tiles) as tile:
            store.emit(
                f"dma [128, 512] hbm.f32[c, 0x0 : 8192, 1] = sbuf.f32[0, {sums} + "
                f"{tile}*2048 : 1, 1]", signal=stored)
    return program.text()


def gemm_bf16_2048(machine):
    """All operands stay in SBUF. The first eight tiles of the result take each
    row of tiles as it comes, the others go one after the other."""
    program = Program(machine)
    program.tensor("input", "a", "bf16", 2048, 2048)
    program.tensor("input", "b", "bf16", 2048, 2048)
    program.tensor("output", "c", "bf16", 2048, 2048)
    row, right_base = 4096, 16 * 4096
    full_a, full_b = program.semaphore(), program.semaphore()
    for name, tensor, base, full in (("dma0", "a", 0, full_a),
                                     ("dma1", "b", right_base, full_b)):
        queue = program.queue(name)
        with queue.loop(16) as k:
            queue.emit(
                f"dma [128, 2048] sbuf.bf16[0, {base} + {k}*{row} : 1, 1] = "
                f"hbm.bf16[{tensor}, 0x0 + {k}*{128 * row} : 2048, 1]", signal=full)

    banks = store_tiles(program, 64, "bf16", "c", linear(0, 2048), 512)
    pe = program.queue("pe")
    bank = banks.producer(pe)

    def product(k, m, left, right, psum, first, signal=None):
        pe.emit(f"load_stationary [128, 128] sbuf.bf16[0, {m * 256} + {k}*{row}"
                f"{left} : 1] at 0")
        pe.emit(f"matmul{'' if first else ' accumulate'} [128, 512] "
                f"psum.f32[0, {psum} : 1] = sbuf.bf16[0, {right_base} + {k}*{row}"
                f"{right} : 1] cols 128", signal=signal)

    with pe.loop(16) as k:
        pe.emit(f"wait {full_a} >= 1 + {k}")
        pe.emit(f"wait {full_b} >= 1 + {k}")
        for m in range(8):
            product(k, m, "", "", m * BANK, False)
    for m in range(8):
        pe.emit(f"signal {banks.full} += 1")
        bank.next()
    m, n = pe.register(8 * 256), pe.register()
    with pe.loop(56):
        pe.emit(f"wait {banks.free} >= 0 + {bank.count}")
        with pe.loop(16) as k:
            product(k, 0, f" + {m}", f" + {n}", f"0x0 + {bank.slot}", False)
        pe.emit(f"signal {banks.full} += 1")
        bank.next()
        pe.emit(f"add_wrap {m} = {m} + 256 mod 4096")
        pe.emit(f"add_wrap {n} = {n} + 16 mod 4096")
    return program.text()


def convolution(machine, dtype):
    """256 to 256 channels, 3 x 3, on 224 x 224: a matmul for each tap, each half
    of the channels and each row of the result, whose moving operand is a window
    of two free dimensions."""
    size = BYTES[dtype]
    rows, steps, width = 6, 37, 224
    program = Program(machine)
    program.tensor("input", "x", dtype, 256, 224, 224)
    program.tensor("input", "w", dtype, 256, 2304)
    program.tensor("output", "y", dtype, 256, 222, 222)
    line = width * size
    half = (rows + 2) * line
    slabs = Ring(program, 2, 2 * half)
    weights = 4 * half
    tap = 256 * size
    ready = program.semaphore()
    load_w, load_x, pe = (program.queue(q) for q in ("dma1", "dma0", "pe"))
    load_w.emit(
        f"dma [128, 2, 2304] sbuf.{dtype}[0, {weights} : 1, 2304, 1] = "
        f"hbm.{dtype}[w, 0x0 : 2304, {128 * 2304}, 1]", signal=ready)
    slot = slabs.producer(load_x)
    with load_x.loop(steps) as step:
        load_x.emit(
            f"dma [128, 2, {half // size}] sbuf.{dtype}[0, 0x0 + {slot.slot} : 1, "
            f"{half // size}, 1] = hbm.{dtype}[x, 0x0 + {step}*{rows * line} : "
            f"{224 * 224}, {128 * 224 * 224}, 1]",
            wait=slot.wait_free(), signal=slabs.full)
        slot.next()
    banks = store_tiles(program, steps * rows * 2, dtype, "y", linear(0, 222 * 222), 222)
    slab, bank = slabs.consumer(pe), banks.producer(pe)
    pe.emit(f"wait {ready} >= 1")
    with pe.loop(steps):
        pe.emit(f"wait {slabs.full} >= 0 + {slab.count}")
        with pe.loop(rows) as out_row:
            for out_half in range(2):
                pe.emit(f"wait {banks.free} >= 0 + {bank.count}")
                for part in range(18):
                    in_half, dy, dx = part // 9, part % 9 // 3, part % 3
                    column = (in_half * 9 + part % 9) * tap + out_half * tap // 2
                    pe.emit(f"load_stationary [128, 128] "
                            f"sbuf.{dtype}[0, {weights + column} : 1] at 0")
                    start = in_half * half + dy * line + dx * size
                    # Every second column, then the others: two dimensions.
                    pe.emit(
                        f"matmul{' accumulate' if part else ''} [128, 2, 111] "
                        f"psum.f32[0, 0x0 + {bank.slot} : 1, 2] = sbuf.{dtype}[0, "
                        f"{start} + {out_row}*{line} + {slab.slot} : 1, 2] cols 128")
                pe.emit(f"signal {banks.full} += 1")
                bank.next()
        pe.emit(f"signal {slabs.free} += 1")
        slab.next()
    return program.text()


def vector_add(machine, iterations, partitions, columns, slots=2):
    """c = a + b, with `slots` iterations under way."""
    program = Program(machine)
    elements = iterations * partitions * columns
    for kind, name in (("input", "a"), ("input", "b"), ("output", "c")):
        program.tensor(kind, name, "f32", elements)
    stride = columns * 4
    rings = [Ring(program, slots, stride, base=i * slots * stride) for i in range(3)]
    for name, tensor, ring in (("dma0", "a", rings[0]), ("dma1", "b", rings[1])):
        queue = program.queue(name)
        slot = ring.producer(queue)
        with queue.loop(iterations) as i:
            queue.emit(
                f"dma [{partitions}, {columns}] sbuf.f32[0, {ring.base} + {slot.slot} "
                f": 1, 1] = hbm.f32[{tensor}, 0x0 + {i}*{partitions * columns * 4} : "
                f"{columns}, 1]", wait=slot.wait_free(), signal=ring.full)
            slot.next()
    vec, store = program.queue("vec"), program.queue("dma2")
    a, b, c = rings[0].consumer(vec), rings[1].consumer(vec), rings[2].producer(vec)
    with vec.loop(iterations):
        vec.emit(f"wait {rings[0].full} >= 0 + {a.count}")
        vec.emit(f"wait {rings[2].free} >= 0 + {c.count}")
        vec.emit(
            f"tensor_tensor [{partitions}, {columns}] sbuf.f32[0, {rings[2].base} + "
            f"{c.slot} : 1] = add(sbuf.f32[0, {rings[0].base} + {a.slot} : 1], "
            f"sbuf.f32[0, {rings[1].base} + {b.slot} : 1])",
            wait=b.wait_full(), signal=rings[2].full)
        # Slots are as many as the result's, whose store frees all three.
        for end in (a, b, c):
            end.next()
    held = rings[2].consumer(store)
    with store.loop(iterations) as i:
        store.emit(
            f"dma [{partitions}, {columns}] hbm.f32[c, 0x0 + "
            f"{i}*{partitions * columns * 4} : {columns}, 1] = sbuf.f32[0, "
            f"{rings[2].base} + {held.slot} : 1, 1]",
            wait=held.wait_full(), signal=rings[2].free)
        store.emit(f"signal {rings[0].free} += 1")
        store.emit(f"signal {rings[1].free} += 1")
        held.next()
    return program.text()


def transpose_1024(machine):
    """1024 x 1024 f32 in 64 tiles through the array, two tiles under way."""
    program = Program(machine)
    program.tensor("input", "x", "f32", 1024, 1024)
    program.tensor("output", "y", "f32", 1024, 1024)
    tiles = Ring(program, 2, 512)
    load, pe = program.queue("dma0"), program.queue("pe")
    slot = tiles.producer(load)
    with load.loop(8) as row:
        with load.loop(8) as column:
            load.emit(
                f"dma [128, 128] sbuf.f32[0, 0x0 + {slot.slot} : 1, 1] = "
                f"hbm.f32[x, 0x0 + {column}*512 : 1024, 1]",
                wait=slot.wait_free(), signal=tiles.full)
            slot.next()
    banks = store_tiles(program, 64, "f32", "y", linear(0, 1024), 128)
    tile, bank = tiles.consumer(pe), banks.producer(pe)
    with pe.loop(64):
        pe.emit(f"wait {banks.free} >= 0 + {bank.count}")
        pe.emit(
            f"transpose [128, 128] psum.f32[0, 0x0 + {bank.slot} : 1] = "
            f"sbuf.f32[0, 0x0 + {tile.slot} : 1]",
            wait=tile.wait_full(), signal=tiles.free)
        pe.emit(f"signal {banks.full} += 1")
        tile.next()
        bank.next()
    return program.text()


def dependent_activations(machine, count):
    """Each instruction reads the element that the one before it wrote."""
    program = Program(machine)
    act = program.queue("act")
    with act.loop(count):
        act.emit("activate [128, 1] sbuf.f32[0, 0x0 : 1] = "
                 "relu(sbuf.f32[0, 0x0 : 1] * 1 + 0)")
    return program.text()


def straight_line(machine, count):
    """`count` matmuls with their loads, evacuations and stores, without a loop."""
    program = Program(machine)
    program.tensor("output", "y", "f32", 128, 512)
    moved, left = program.semaphore(), program.semaphore()
    pe, act, store = (program.queue(name) for name in ("pe", "act", "dma0"))
    for number in range(1, count + 1):
        pe.emit("load_stationary [128, 128] sbuf.bf16[0, 0x0 : 1] at 0")
        pe.emit("matmul [128, 512] psum.f32[0, 0x0 : 1] = sbuf.bf16[0, 0x400 : 1] "
                "cols 128", signal=moved)
        act.emit("activate [128, 512] sbuf.f32[0, 0x0 : 1] = "
                 "relu(psum.f32[0, 0x0 : 1] * 1 + 0)", wait=(moved, number), signal=left)
        store.emit("dma [128, 512] hbm.f32[y, 0x0 : 512, 1] = sbuf.f32[0, 0x0 : 1, 1]",
                   wait=(left, number))
    return program.text()


def loads(machine, count, partitions, row_bytes, engines=None):
    """Loads of [partitions, row_bytes], one after the other."""
    program = Program(machine)
    if engines:
        program.head.append(f".set dma.engines={engines}")
    program.tensor("input", "x", "u8", partitions * row_bytes)
    queue = program.queue("dma0")
    with queue.loop(count):
        queue.emit(f"dma [{partitions}, {row_bytes}] sbuf.u8[0, 0x0 : 1, 1] = "
                   f"hbm.u8[x, 0x0 : {row_bytes}, 1]")
    return program.text()

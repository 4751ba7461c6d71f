# SPDX-License-Identifier: Apache-2.0
"""Builds assembly text: queues, rings of buffer slots and counting semaphores."""


class Program:
    """A program on one machine; tensors are declared as they are named."""

    def __init__(self, machine):
        self.head = [f".machine {machine}"]
        self.queues = {}
        self.num_semaphores = 0

    def tensor(self, kind, name, dtype, *shape):
        sizes = ", ".join(str(size) for size in shape)
        self.head.append(f".segment {kind} {name} {dtype} [{sizes}]")
        return name

    def semaphore(self):
        self.num_semaphores += 1
        return f"s{self.num_semaphores - 1}"

    def queue(self, name):
        return self.queues.setdefault(name, Queue(name))

    def text(self):
        lines = list(self.head)
        for queue in self.queues.values():
            lines += ["", f".queue {queue.name}"] + queue.lines
        return "\n".join(lines) + "\n"


class Queue:
    """The instructions of one queue and its registers."""

    def __init__(self, name):
        self.name = name
        self.lines = []
        self.num_registers = 1
        self.depth = 1

    def register(self, value=0):
        name = f"r{self.num_registers}"
        self.num_registers += 1
        if value:
            self.emit(f"set {name} = {value}")
        return name

    def emit(self, text, wait=None, signal=None):
        if wait:
            semaphore, value = wait
            text += f", wait {semaphore} >= {value}"
        if signal:
            text += f", signal {signal} += 1"
        self.lines.append("  " * self.depth + text)

    def add(self, register, value=1):
        self.emit(f"alu {register} = add({register}, r0 + {value})")

    def loop(self, count):
        return Loop(self, count)


class Loop:
    """`with queue.loop(n) as register:` repeats what is emitted inside."""

    def __init__(self, queue, count):
        self.queue, self.count = queue, count

    def __enter__(self):
        register = self.queue.register()
        self.queue.emit(f"loop {register} < r0 + {self.count}")
        self.queue.depth += 1
        return register

    def __exit__(self, *_):
        self.queue.depth -= 1
        self.queue.emit("end_loop")


class Ring:
    """Slots of a buffer that one queue fills and another one empties."""

    def __init__(self, program, slots, stride, base=0):
        self.slots, self.stride, self.base = slots, stride, base
        self.full, self.free = program.semaphore(), program.semaphore()

    def producer(self, queue):
        return RingEnd(self, queue, 1 - self.slots)

    def consumer(self, queue):
        return RingEnd(self, queue, 1)


class RingEnd:
    """One side of a ring: the register of its slot's address, and its count."""

    def __init__(self, ring, queue, first):
        self.ring, self.queue = ring, queue
        self.slot = queue.register()
        self.count = queue.register(first)

    def wait_free(self):
        return (self.ring.free, f"0 + {self.count}")

    def wait_full(self):
        return (self.ring.full, f"0 + {self.count}")

    def next(self):
        size = self.ring.slots * self.ring.stride
        self.queue.add(self.count)
        self.queue.emit(
            f"add_wrap {self.slot} = {self.slot} + {self.ring.stride} mod {size}"
        )

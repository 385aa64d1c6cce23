"""An X server without a monitor whose picture is a file, and a finger on it.

Reading the picture asks nothing of the server or of the program that draws: both sides of a benchmark are
watched through the same mapped memory.
"""

import atexit
import os
import subprocess
import tempfile
import time

import numpy
from Xlib import X, display
from Xlib.ext import xtest

WIDTH, HEIGHT = 1080, 1920
# Between two looks at the picture; what is measured is at most this much too long.
LOOK_S = 0.0001


class Screen:
    """An Xvfb as large as the kiosk's display."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="lucheng-bench-")
        reader, writer = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", self.folder,
             "-nolisten", "tcp", "-nocursor"],
            pass_fds=[writer], stderr=subprocess.DEVNULL)
        os.close(writer)
        atexit.register(stop, self.process)
        with os.fdopen(reader) as answer:
            self.name = ":" + answer.readline().strip()
        self.pixels = self._map()
        self.connection = display.Display(self.name)

    def _map(self):
        path = os.path.join(self.folder, "Xvfb_screen0")
        header = numpy.fromfile(path, dtype=">u4", count=25)
        begin, width, height = int(header[0] + header[19] * 12), int(header[4]), int(header[5])
        mapped = numpy.memmap(path, dtype="<u4", mode="r", offset=begin, shape=(height, int(header[12]) // 4))
        return mapped[:, :width]

    def environment(self):
        """Of a program on this screen."""
        return {**os.environ, "DISPLAY": self.name, "LANG": "zh_CN.UTF-8"}

    def picture(self):
        """A copy of what is seen now, without the unused byte of each pixel."""
        return self.pixels & 0xFFFFFF

    def settled(self, quiet_s=1.5, limit_s=60):
        """The picture, once nothing but the clock has changed in it for a while."""
        old, since, end = self.picture(), time.perf_counter(), time.perf_counter() + limit_s
        while time.perf_counter() < end:
            time.sleep(0.05)
            new = self.picture()
            if not same(old, new, HOME):
                old, since = new, time.perf_counter()
            elif time.perf_counter() - since > quiet_s and new.any():
                return new
        raise SystemExit("the screen does not come to rest")

    def move(self, x, y):
        xtest.fake_input(self.connection, X.MotionNotify, x=x, y=y)
        self.connection.sync()

    def press(self):
        self._button(X.ButtonPress)

    def release(self):
        self._button(X.ButtonRelease)

    def _button(self, kind):
        xtest.fake_input(self.connection, kind, 1)
        self.connection.flush()

    def close(self):
        self.connection.close()
        stop(self.process)


# Rows and columns of the home page below the header, which has the clock.
HOME = (slice(132, HEIGHT), slice(0, WIDTH))


def same(one, other, part=HOME):
    """Whether two pictures show the same in this part."""
    return numpy.array_equal(one[part], other[part])


def stop(process):
    """Ends a process that the benchmark started."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tree(root):
    """A process and everything below it."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as stat:
                parents[int(name)] = int(stat.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    found = [root]
    for process in found:
        found.extend(child for child, parent in parents.items() if parent == process)
    return found


def pss_mib(root):
    """Proportional memory of a tree of processes: shared pages are shared out."""
    total = 0
    for process in tree(root):
        with open(f"/proc/{process}/smaps_rollup") as rollup:
            total += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
    return total / 1024


def cpu_s(root):
    """Processor time that a tree of processes has used so far."""
    ticks = 0
    for process in tree(root):
        with open(f"/proc/{process}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def quantile(values, share):
    """The value below which this share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

"""From exec to the first frame in which the whole home page can be used, and the memory of the idle home page.

Kiosk and Chromium take turns on the same screen. The kiosk's page is complete when its devices and its hall have
answered; Chromium's when its file is drawn.
"""

import statistics
import sys
import time

from screen import HOME, Screen, pss_mib, same, stop, tree
from stage import Stage, chromium, start, verdict, words

RUNS = 5
LIMIT_S = 30
SETTLE_S = 3
# Sampled first; the whole page is compared only when these fit.
SPARSE = (slice(132, None, 61), slice(0, None, 53))
TIME_TARGET, MEMORY_TARGET = 1 / 4, 1 / 8


def reference(command, screen):
    """How the page looks in the end; this run also warms the disk's cache and Chromium's profile."""
    program = start(command, screen)
    picture = screen.settled(quiet_s=4)
    stop(program)
    return picture


def first_frame_s(screen, wanted, begin):
    while time.perf_counter() - begin < LIMIT_S:
        if same(screen.pixels & 0xFFFFFF, wanted, SPARSE) and same(screen.picture(), wanted, HOME):
            return time.perf_counter() - begin
        time.sleep(0.001)
    raise SystemExit("the home page did not become complete")


def run(command, screen, wanted):
    """Seconds, MiB and processes of one start."""
    begin = time.perf_counter()
    program = start(command, screen)
    seconds = first_frame_s(screen, wanted, begin)
    time.sleep(SETTLE_S)
    measured = seconds, pss_mib(program.pid), len(tree(program.pid))
    stop(program)
    return measured


def report(name, runs):
    """Prints the runs of one side and returns their medians."""
    times, memory = [run[0] * 1000 for run in runs], [run[1] for run in runs]
    print(f"{name:9} ms  {'  '.join(f'{ms:.0f}' for ms in times)}  median {statistics.median(times):.0f}")
    print(f"{name:9} MiB {'  '.join(f'{mib:.1f}' for mib in memory)}  median {statistics.median(memory):.1f}"
          f"  in {runs[-1][2]} processes")
    return statistics.median(times), statistics.median(memory)


def main():
    screen, stage = Screen(), Stage()
    sides = {"kiosk": stage.kiosk(), "chromium": chromium()}
    for command in sides.values():
        print("$ " + words(command))
    pictures = {name: reference(command, screen) for name, command in sides.items()}
    runs = {name: [] for name in sides}
    for _ in range(RUNS):
        for name, command in sides.items():
            runs[name].append(run(command, screen, pictures[name]))
    (kiosk_ms, kiosk_mib), (chromium_ms, chromium_mib) = (report(name, runs[name]) for name in sides)
    met = [verdict("start, kiosk / chromium", kiosk_ms / chromium_ms, TIME_TARGET),
           verdict("memory, kiosk / chromium", kiosk_mib / chromium_mib, MEMORY_TARGET)]
    stage.close()
    screen.close()
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()

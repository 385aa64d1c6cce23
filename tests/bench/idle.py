"""What the home page costs while nobody touches it: processor time, and how often something is drawn."""

import sys
import time

from Xlib.ext import damage

from screen import Screen, cpu_s, stop
from stage import Stage, chromium, start, verdict, words

WATCH_S = 60
# The clock shows minutes: it changes once or, at the edge, twice.
DRAWN_TARGET = 2
CPU_TARGET = 1.0


def watch(program, screen):
    """Percent of one core and drawn rectangles in a minute."""
    screen.connection.query_extension("DAMAGE")
    screen.connection.damage_query_version()
    root = screen.connection.screen().root
    mark = root.damage_create(damage.DamageReportRawRectangles)
    screen.connection.sync()
    # The first event is all that was drawn before.
    [screen.connection.next_event() for _ in range(screen.connection.pending_events())]
    used, drawn, end = cpu_s(program.pid), [], time.monotonic() + WATCH_S
    while time.monotonic() < end:
        time.sleep(0.5)
        drawn += [screen.connection.next_event().area for _ in range(screen.connection.pending_events())]
    screen.connection.damage_destroy(mark)
    return (cpu_s(program.pid) - used) / WATCH_S * 100, drawn


def measure(name, command, screen):
    print("$ " + words(command))
    program = start(command, screen)
    screen.settled(quiet_s=5)
    cpu, drawn = watch(program, screen)
    stop(program)
    places = ", ".join(f"{a.width}x{a.height}+{a.x}+{a.y}" for a in drawn[:4])
    print(f"{name:9} {cpu:.2f} % of a core, {len(drawn)} rectangles drawn in {WATCH_S} s {places}")
    return cpu, len(drawn)


def main():
    screen, stage = Screen(), Stage()
    cpu, drawn = measure("kiosk", stage.kiosk(), screen)
    measure("chromium", chromium(), screen)
    met = [verdict("idle processor time", cpu, CPU_TARGET, " %"), verdict("idle rectangles", drawn, DRAWN_TARGET)]
    stage.close()
    screen.close()
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()

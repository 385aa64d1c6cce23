"""From a touch to changed pixels: a pressed tile, and a changed page after the finger leaves it.

A page has changed when every sampled pixel below the header and above the bottom bar (which counts seconds) is as
it is on the new page; a press shows when all sampled pixels of the tile are as they are while it is pressed.
"""

import random
import sys
import time

import numpy

from screen import LOOK_S, Screen, quantile, stop
from stage import Stage, chromium, start, verdict, words

TAPS = 200
SAMPLES = 400
LIMIT_S = 5
POWER, HOUSE = (305, 800), (100, 1848)
PAGE = (slice(132, 1772), slice(0, 1080))
TILE = (slice(690, 910), slice(240, 370))
PRESS_TARGET_MS, PAGE_TARGET_MS = 5, 10


class Look:
    """Pixels by which one picture is told from another."""

    def __init__(self, old, new, part):
        rows, columns = numpy.nonzero(old[part] != new[part])
        chosen = random.Random(7).sample(range(len(rows)), min(SAMPLES, len(rows)))
        self.rows, self.columns = rows[chosen] + part[0].start, columns[chosen] + part[1].start
        self.wanted = new[self.rows, self.columns]

    def wait_ms(self, screen, begin):
        """Milliseconds since begin when all pixels are as wanted."""
        while time.perf_counter() - begin < LIMIT_S:
            if numpy.array_equal(screen.pixels[self.rows, self.columns] & 0xFFFFFF, self.wanted):
                return (time.perf_counter() - begin) * 1000
            time.sleep(LOOK_S)
        raise SystemExit("a touch showed nothing")


def rest(screen, seconds=0.4):
    time.sleep(seconds)
    return screen.picture()


def learn(screen):
    """How home, pressed tile and second page look."""
    home = screen.settled(quiet_s=3)
    screen.move(*POWER)
    screen.press()
    pressed = rest(screen)
    screen.release()
    second = rest(screen)
    looks = Look(home, pressed, TILE), Look(pressed, second, PAGE), Look(second, home, PAGE)
    tap(screen, HOUSE)
    rest(screen)
    return looks


def tap(screen, place):
    screen.move(*place)
    screen.press()
    screen.release()


def timed_ms(screen, act, look):
    begin = time.perf_counter()
    act()
    return look.wait_ms(screen, begin)


def measure(command, screen):
    """Times of presses and of page changes, there and back."""
    program = start(command, screen)
    pressed, second, home = learn(screen)
    presses, pages = [], []
    for _ in range(TAPS):
        pause()
        screen.move(*POWER)
        presses.append(timed_ms(screen, screen.press, pressed))
        pause()
        pages.append(timed_ms(screen, screen.release, second))
        screen.move(*HOUSE)
        screen.press()
        pause()
        pages.append(timed_ms(screen, screen.release, home))
    stop(program)
    return presses, pages


def pause():
    """Of a finger; uneven, so that it never falls into step with a frame timer."""
    time.sleep(random.uniform(0.03, 0.06))


def report(name, presses, pages):
    for what, values in (("press", presses), ("page", pages)):
        print(f"{name:9} {what:5} p50 {quantile(values, 0.5):6.2f} ms  p99 {quantile(values, 0.99):6.2f} ms"
              f"  max {max(values):6.2f} ms  of {len(values)}")
    return quantile(presses, 0.99), quantile(pages, 0.99)


def main():
    screen, stage = Screen(), Stage()
    results = {}
    for name, command in {"kiosk": stage.kiosk(), "chromium": chromium()}.items():
        print("$ " + words(command))
        results[name] = report(name, *measure(command, screen))
    press, page = results["kiosk"]
    print(f"ratio kiosk / chromium at p99: press {press / results['chromium'][0]:.2f}"
          f"  page {page / results['chromium'][1]:.2f}")
    met = [verdict("press p99", press, PRESS_TARGET_MS, " ms"), verdict("page change p99", page, PAGE_TARGET_MS, " ms")]
    stage.close()
    screen.close()
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()

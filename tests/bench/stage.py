"""The two sides of each benchmark: the kiosk, with hall and simulated devices in other processes, and Chromium."""

import atexit
import os
import pathlib
import shlex
import subprocess
import tempfile
import time

from screen import stop

HERE = pathlib.Path(__file__).resolve().parent
TARGET = os.environ.get("CARGO_TARGET_DIR", str(HERE.parent.parent / "target"))
BINARIES = pathlib.Path(os.environ.get("LUCHENG_BENCH_BIN", os.path.join(TARGET, "release")))
DEVICES = {"id-reader": "id-reader", "printer": "receipt-printer", "terminal": "payment-terminal"}
# The home page is the same at every hour: no biller is closing its day then.
MORNING = "2026-11-24T10:26:00"


class Stage:
    """A hall and three simulated devices, each a process of its own, and the kiosk's configuration."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lucheng-stage-"))
        self.hall, url = self._hall()
        self.simulators = [self._simulator(device) for device in DEVICES]
        self.config = self.folder / "kiosk.toml"
        self.config.write_text(configuration(self.folder, url), encoding="utf-8")

    def _hall(self):
        command = [BINARIES / "lucheng-hall", "serve", "--database", f"sqlite:{self.folder}/hall.db",
                   "--listen", "127.0.0.1:0"]
        hall = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        atexit.register(stop, hall)
        return hall, hall.stdout.readline().split()[-1]

    def _simulator(self, device):
        link = self.folder / device
        command = [BINARIES / "lucheng-sim", device, "--link", link]
        simulator = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        atexit.register(stop, simulator)
        while not link.exists():
            time.sleep(0.01)
        return simulator

    def kiosk(self):
        """The kiosk's command."""
        return [str(BINARIES / "lucheng"), "run", "--clock", MORNING, "--config", str(self.config)]

    def close(self):
        for process in [*self.simulators, self.hall]:
            stop(process)


def configuration(folder, url):
    devices = "".join(
        f'[devices.{key.replace("-", "_")}]\nprofile = "simulated/{key}"\nport = "{folder}/{simulator}"\n'
        for simulator, key in DEVICES.items())
    return (f'state_dir = "{folder}/kiosk"\n[kiosk]\ncode = "BT07"\nnumber = "07 号"\nsite = "city-hall"\n'
            f'[hall]\nurl = "{url}"\n{devices}')


def chromium():
    """Chromium's command, with a profile that its first run has filled."""
    profile = pathlib.Path(tempfile.gettempdir()) / "lucheng-bench-chromium"
    return ["chromium", "--kiosk", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-features=Translate",
            "--window-position=0,0", "--window-size=1080,1920", f"--user-data-dir={profile}", f"file://{HERE}/home.html"]


def start(command, screen):
    """Starts a program on the screen."""
    program = subprocess.Popen(command, env=screen.environment(), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    atexit.register(stop, program)
    return program


def words(command):
    """A command as it is typed, from the project's folder and without this machine's paths."""
    text = shlex.join(str(word) for word in command)
    return text.replace(str(BINARIES) + "/", "").replace(str(HERE.parent.parent), "$PWD").replace(tempfile.gettempdir(), "$TMP")


def verdict(name, value, target, unit=""):
    """Prints a figure beside its target; true when it is met."""
    met = value <= target
    print(f"{'met   ' if met else 'MISSED'}  {name}: {value:.2f}{unit}, target <= {target:.2f}{unit}")
    return met

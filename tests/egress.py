"""Run in a network of its own: asks a server for everything that might connect out, and counts what does.

Arguments: a build folder. Prints in JSON the connections that this program made (`own`), those that
anybody made (`opened`), and the datagrams sent, as the kernel counts them; and the statuses.
"""

import fcntl
import json
import socket
import struct
import sys
from pathlib import Path

import requests
from hostile import list_calls
from servers import run_server

_SET_FLAGS, _UP = 0x8914, 0x1


def bring_loopback_up() -> None:
    """Bring up the loopback interface, the only one that a new network has."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh", b"lo", _UP))


def read_counters() -> dict[str, int]:
    """Read the kernel's counters of this network: connections opened, datagrams sent."""
    lines = [line.split() for line in Path("/proc/net/snmp").read_text("ascii").splitlines()]
    found: dict[str, int] = {}
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        found |= {names[0] + name: int(value) for name, value in zip(names[1:], values[1:], strict=True)}
    return {"opened": found["Tcp:ActiveOpens"], "datagrams": found["Udp:OutDatagrams"]}


def main() -> None:
    """Watch."""
    bring_loopback_up()
    with run_server(Path(sys.argv[1])) as server:
        before, statuses = read_counters(), []
        for call in [*list_calls(9009), *(c.replace("127.0.0.1", "example.org") for c in list_calls(9009))]:
            statuses.append(requests.get(server.endpoint, {"query": call}, timeout=60).status_code)
            statuses.append(requests.post(server.endpoint, {"query": call}, timeout=60).status_code)
        after = read_counters()
    told = {name: after[name] - before[name] for name in after}
    sys.stdout.write(json.dumps(told | {"own": len(statuses), "statuses": sorted(set(statuses))}))


if __name__ == "__main__":
    main()

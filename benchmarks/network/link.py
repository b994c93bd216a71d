"""Connects network namespaces by links with a delay and a rate, in user space.

Where the kernel has netem, tc does this; this is for those that have TUN devices only.

    link.py DELAY_MS MBIT NAMESPACE=ADDRESS ...

Makes a device in each namespace and passes packets on: each waits for its sender's
link to be free, then for the delay (one way). Ends with its standard input.
"""

import ctypes
import fcntl
import heapq
import os
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


HOME = os.open("/proc/self/ns/net", os.O_RDONLY)


def enter(fd):
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "cannot enter the namespace")


def device(namespace, address):
    """A TUN device within a namespace; it stays readable from outside."""
    inside = os.open(f"/var/run/netns/{namespace}", os.O_RDONLY)
    enter(inside)
    os.close(inside)
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"link0", IFF_TUN | IFF_NO_PI))
    for command in (
        f"ip addr add {address}/24 dev link0",
        "ip link set link0 mtu 9000 txqueuelen 10000 up",
        "ip link set lo up",
    ):
        subprocess.run(command.split(), check=True)
    enter(HOME)
    return tun


def main():
    delay, rate = float(sys.argv[1]) / 1e3, float(sys.argv[2]) * 1e6 / 8
    tuns, senders = {}, {}
    for each in sys.argv[3:]:
        namespace, address = each.split("=")
        tun = device(namespace, address)
        tuns[bytes(int(part) for part in address.split("."))] = tun
        senders[tun] = 0.0  # when each link is free again
    print("ready", flush=True)
    due, count = [], 0
    poll = select.poll()
    for tun in senders:
        poll.register(tun, select.POLLIN)
    poll.register(sys.stdin, select.POLLIN | select.POLLHUP)
    while True:
        wait = max(0.0, due[0][0] - time.monotonic()) * 1e3 if due else None
        for fd, _ in poll.poll(0 if wait is not None and wait < 0.3 else wait):
            if fd == sys.stdin.fileno():
                return
            while True:
                try:
                    packet = os.read(fd, 65536)
                except BlockingIOError:
                    break
                now = time.monotonic()
                senders[fd] = max(now, senders[fd]) + len(packet) / rate
                count += 1
                heapq.heappush(due, (senders[fd] + delay, count, packet))
        now = time.monotonic()
        while due and due[0][0] <= now:
            packet = heapq.heappop(due)[2]
            target = tuns.get(packet[16:20])
            if target is not None:
                try:
                    os.write(target, packet)
                except BlockingIOError:
                    pass  # the queue is full: TCP sends it again


main()

"""Runs the Databend engine of a wheel, with its meta services, in a network of its own that has only loopback.

Databend reports telemetry at every start; in this network it reaches nobody. Tests reach it through ports that this
process opened before it left the network, one for each port that the engine listens on.

Usage: meta_service.py DIRECTORY-OF-THE-WHEEL DIRECTORY-OF-THE-DATA
       meta_service.py check
The second form starts no engine: it prints a line where this machine allows such a network, and fails where it does not.
Standard output: one line of JSON {"ports": [...]} once the engine answers, then one for each line of standard input.
Standard input: one line of JSON {"sql": "..."} for each statement. The process ends when standard input ends.
"""

import fcntl
import json
import os
import socket
import struct
import sys
import threading

PORTS_MAX = 40
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40
LISTENING = "0A"


def open_ports():
    listeners = []
    for _ in range(PORTS_MAX):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        listeners.append(listener)
    return listeners


def leave_network():
    """Only sockets that are open already keep their way to the machine. Threads inherit this, so it comes first."""
    try:
        os.unshare(os.CLONE_NEWNET)
    except PermissionError:
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP | IFF_RUNNING))


def ports_of_engine():
    with open("/proc/self/net/tcp") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return sorted({int(row[1].split(":")[1], 16) for row in rows if row[3] == LISTENING})


def pump(source, sink):
    try:
        while data := source.recv(1 << 16):
            sink.sendall(data)
    except OSError:
        pass
    finally:
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def forward(listener, port):
    while True:
        client, _ = listener.accept()
        try:
            engine = socket.create_connection(("127.0.0.1", port))
        except OSError:
            client.close()
            continue
        for end in (client, engine):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=pump, args=(client, engine), daemon=True).start()
        threading.Thread(target=pump, args=(engine, client), daemon=True).start()


def start_engine(wheel, data):
    sys.path.insert(0, wheel)
    sys.dont_write_bytecode = True
    import databend

    if hasattr(databend, "init_embedded"):
        return databend.SessionContext(data_path=data)
    databend.init_service(local_dir=data)
    return databend.SessionContext()


def check():
    """Leaves the network, and sends a byte through the loopback of the new one."""
    leave_network()
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), 5) as client:
        accepted, _ = server.accept()
        with accepted:
            client.sendall(b"x")
            assert accepted.recv(1) == b"x"
    print("has a network of its own")


def main():
    if sys.argv[1:] == ["check"]:
        return check()
    # What the engine prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    listeners = open_ports()
    leave_network()
    context = start_engine(sys.argv[1], sys.argv[2])
    ports = ports_of_engine()
    for listener, port in zip(listeners, ports, strict=False):
        threading.Thread(target=forward, args=(listener, port), daemon=True).start()
    for listener in listeners[len(ports):]:
        listener.close()
    print(json.dumps({"ports": [listener.getsockname()[1] for listener in listeners[: len(ports)]]}), file=answers)
    for line in sys.stdin:
        try:
            answer = {"rows": str(context.sql(json.loads(line)["sql"]).collect())}
        except BaseException as failure:  # the engine's panics are no Exceptions
            answer = {"error": str(failure)}
        print(json.dumps(answer), file=answers)
    os._exit(0)


main()

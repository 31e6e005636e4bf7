"""Runs every attack on a server of its group, and says of each how it went.

    attacks_all.py SERVER [WORD...]     SERVER is the executable; with words the attacks whose names hold one of them
"""
import inspect
import sys
import time

import attacks_grpc
import attacks_http1
import attacks_http1_clients
import attacks_http2
import attacks_json
import attacks_lifecycle
import attacks_models
import attacks_repository
import attacks_tensors
from attacks_server import Server

GROUPS = [
    attacks_http1, attacks_http1_clients, attacks_http2, attacks_grpc, attacks_json, attacks_tensors,
    attacks_repository, attacks_models, attacks_lifecycle,
]


def run(attack, server):
    """What went wrong; nothing when the attack was withstood."""
    started = time.monotonic()
    server.forget_peak()
    wrongs = []
    try:
        attack(server)
    except Exception as error:  # whatever goes wrong is a finding, and the other attacks go on
        wrongs.append(f"{type(error).__name__ if not str(error) else error}")
    try:
        server.check()
    except Exception as error:
        wrongs.append(f"afterwards: {error or type(error).__name__}")
    took = f"{time.monotonic() - started:.2f} s, {server.peak() >> 20} MiB"
    print(
        f"{'ok  ' if not wrongs else 'FAIL'} {attack.title} ({took})", *wrongs, sep="\n     " if wrongs else "",
        flush=True,
    )
    return wrongs


def main():
    executable, words = sys.argv[1], sys.argv[2:]
    done = failed = 0
    for group in GROUPS:
        attacks = [
            value for value in vars(group).values()
            if inspect.isfunction(value) and hasattr(value, "title") and (
                not words or any(word in value.title for word in words)
            )
        ]
        server = None
        for attack in attacks:
            server = server or Server(executable, *group.OPTIONS)
            done += 1
            if run(attack, server):
                failed += 1
                # What one attack has done to it is not another's.
                server.kill()
                server = None
        if server:
            server.kill()
    print(f"{done} attacks, {failed} not withstood")
    sys.exit(1 if failed or not done else 0)


main()

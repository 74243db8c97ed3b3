#!/usr/bin/env python3
"""Runs all test programs of the workspace, some at a time, and prints what each said when it has ended.

`cargo test` runs one program after the other; ours mostly wait for blocks, each test with servers of its own. A program that does not end is ended; what it started ends with it. Exits with 1 if any failed.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time

LANES = int(os.environ.get("TEST_LANES", "2"))
TIME_LIMIT_S = 1500
PACKAGE_OF_SLOW_TESTS = "tests"


def programs():
    """(name, directory, executable) of every test program, the slowest package first."""
    build = ["cargo", "test", "--workspace", "--no-run", "--message-format=json-render-diagnostics"]
    out = subprocess.run(build, stdout=subprocess.PIPE, check=True).stdout
    found = []
    for line in out.splitlines():
        message = json.loads(line)
        if message.get("reason") == "compiler-artifact" and message["profile"]["test"] and message["executable"]:
            directory = os.path.dirname(message["manifest_path"])
            found.append((message["target"]["name"], directory, message["executable"]))
    return sorted(found, key=lambda program: os.path.basename(program[1]) != PACKAGE_OF_SLOW_TESTS)


def run(name, directory, executable, said):
    """One program; whether it passed. Its output goes through a file: what it leaves behind could hold a pipe open."""
    began = time.monotonic()
    environment = dict(os.environ, CARGO_MANIFEST_DIR=directory)
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen([executable], cwd=directory, env=environment, stdin=subprocess.DEVNULL,
                                 stdout=out, stderr=subprocess.STDOUT)
        try:
            passed = child.wait(TIME_LIMIT_S) == 0
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            passed = False
            out.write(b"\ntest that_this_program_ends ... FAILED\n")
        out.seek(0)
        with said:
            print(f"     Running {name} in {os.path.basename(directory)}: {time.monotonic() - began:.0f} s", flush=True)
            sys.stdout.buffer.write(out.read())
            sys.stdout.flush()
    return passed


def lane(waiting, said, failed):
    """Takes programs until none is left."""
    while True:
        try:
            program = waiting.get_nowait()
        except queue.Empty:
            return
        if not run(*program, said):
            failed.append(program[0])


def main():
    waiting = queue.Queue()
    for program in programs():
        waiting.put(program)
    said, failed = threading.Lock(), []
    lanes = [threading.Thread(target=lane, args=(waiting, said, failed)) for _ in range(LANES)]
    for one in lanes:
        one.start()
    for one in lanes:
        one.join()
    documentation = subprocess.run(["cargo", "test", "--workspace", "--doc"], check=False)
    if failed:
        print("failed:", ", ".join(failed))
    sys.exit(1 if failed or documentation.returncode else 0)


if __name__ == "__main__":
    main()

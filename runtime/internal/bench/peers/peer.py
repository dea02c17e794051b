"""autobahn-python on asyncio as a peer of the benchmark: peer.go has the tasks."""
import asyncio
import collections
import json
import os
import platform
import sys
import time

import autobahn
import txaio

txaio.use_asyncio()
from autobahn.asyncio.wamp import ApplicationRunner, ApplicationSession  # noqa: E402
from autobahn.wamp import serializer, types  # noqa: E402

URL = sys.argv[1]
URI = "com.example.bench.py"


async def connect():
    ready = asyncio.get_running_loop().create_future()

    class Session(ApplicationSession):
        async def onJoin(self, details):
            ready.set_result(self)

    runner = ApplicationRunner(URL, "realm1", serializers=[serializer.CBORSerializer()])
    await runner.run(Session, start_loop=False)
    return await ready


async def timed(task, once):
    n = 0
    cpu, begin = time.process_time(), time.perf_counter()
    end = begin + task["ms"] / 1000

    async def worker():
        nonlocal n
        while True:
            await once()
            n += 1
            if time.perf_counter() >= end:
                return

    await asyncio.gather(*(worker() for _ in range(task["flight"])))
    return {"n": n, "ns": (time.perf_counter() - begin) * 1e9, "cpu": (time.process_time() - cpu) * 1e9}


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def idle(task):
    before = resident()
    sessions = [await connect() for _ in range(task["sessions"])]
    used = (resident() - before) / len(sessions)
    for s in sessions:
        s.leave()
    return {"n": len(sessions), "bytes": used}


def say(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def main():
    waiting = collections.deque()
    serving, calling = await connect(), await connect()
    await serving.register(lambda *args: types.CallResult(*args), URI)
    await serving.subscribe(lambda *args: waiting.popleft().set_result(None), URI)
    say({"version": f"{autobahn.__version__}, Python {platform.python_version()}"})
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        task = json.loads(line)
        text = "x" * task["size"]

        def event():
            done = loop.create_future()
            waiting.append(done)
            calling.publish(URI, 1, text, True)
            return done

        try:
            if task["do"] == "call":
                say(await timed(task, lambda: calling.call(URI, 1, text, True)))
            elif task["do"] == "event":
                say(await timed(task, event))
            else:
                say(await idle(task))
        except Exception as err:  # an answer in any case
            say({"error": repr(err)})


asyncio.run(main())
os._exit(0)

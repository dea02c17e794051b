"""The procedures and topics of autobahn-python's examples, as a callee and
publisher, or calls of them.

usage: examples.py callee|caller URL
"""
import asyncio
import datetime
import json
import math
import sys

from autobahn import wamp
from autobahn.asyncio.wamp import ApplicationRunner, ApplicationSession
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.types import CallOptions, CallResult, PublishOptions, RegisterOptions

ROLE, URL = sys.argv[1:]


def say(*parts):
    sys.stdout.write(" ".join(json.dumps(p, sort_keys=True) for p in parts) + "\n")
    sys.stdout.flush()


@wamp.error("com.myapp.error1")
class Smaller(Exception):
    pass


def checkname(name):
    if name in ("foo", "bar"):
        raise ApplicationError("com.myapp.error.reserved")
    if name.lower() != name.upper():
        raise ApplicationError("com.myapp.error.mixed_case", name.lower(), name.upper())
    if not 3 <= len(name) <= 10:
        raise ApplicationError("com.myapp.error.invalid_length", min=3, max=10)


def sqrt(x):
    if x == 0:
        raise Exception("don't ask")
    if x < 0:
        raise ApplicationError("com.myapp.error", "negative", a=23, b=9)
    return math.sqrt(x)


def compare(a, b):
    if a < b:
        raise Smaller(b - a)


async def slowsquare(x, delay=0):
    await asyncio.sleep(delay)
    return x * x


def longop(n, details=None):
    if details.progress:
        for i in range(n):
            details.progress(i)
    return n


def split_name(fullname):
    return CallResult(*fullname.split())


class Session(ApplicationSession):
    async def onJoin(self, details):
        await (self.serve() if ROLE == "callee" else self.use())

    def onDisconnect(self):
        asyncio.get_event_loop().stop()

    async def serve(self):
        def square(val, details=None):
            if val <= 0:
                self.publish("com.myapp.square_on_nonpositive", val)
            return val * val

        self.define(Smaller)
        for uri, f in {
            "com.timeservice.now": lambda: datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "com.arguments.ping": lambda: None,
            "com.arguments.add2": lambda a, b: a + b,
            "com.arguments.stars": lambda nick="somebody", stars=0: f"{nick} starred {stars}x",
            "com.arguments.orders": lambda product, limit=5: [f"Product {i}" for i in range(50)][:limit],
            "com.arguments.arglen": lambda *args, **kwargs: [len(args), len(kwargs)],
            "com.math.square": lambda x: x * x,
            "com.math.slowsquare": slowsquare,
            "com.mathservice.add2": lambda x, y: x + y,
            "com.mathservice.div2": lambda x, y: float(x) / float(y) if y else 0,
            "com.myapp.add_complex": lambda a, ai, b, bi: CallResult(c=a + b, ci=ai + bi),
            "com.myapp.split_name": split_name,
            "com.myapp.echo_complex": lambda *args, **kwargs: CallResult(*args, **kwargs),
            "com.myapp.sqrt": sqrt,
            "com.myapp.checkname": checkname,
            "com.myapp.compare": compare,
        }.items():
            await self.register(f, uri)
        for uri, f in {"com.myapp.square": square, "com.myapp.longop": longop}.items():
            await self.register(f, uri, RegisterOptions(details_arg="details"))
        say("ready")
        counter = 0
        while True:
            counter += 1
            self.publish("com.myapp.heartbeat")
            self.publish("com.myapp.topic1", *range(counter), counter=counter, foo=[1, counter, 2 * counter],
                         bar="a text", baz={"a": 1.5, "b": 10000, "c": None, "d": "foo"})
            self.publish("com.myapp.topic2", counter, 23, c="Hello", d={"counter": counter, "foo": [1, 2, 3]},
                         options=PublishOptions(acknowledge=False))
            await asyncio.sleep(0.05)

    async def use(self):
        for uri, args, kwargs in (
            ("com.arguments.ping", [], {}), ("com.arguments.add2", [2, 3], {}), ("com.arguments.add2", [], {"a": 2, "b": 3}),
            ("com.arguments.stars", [], {}), ("com.arguments.stars", [], {"nick": "Homer"}),
            ("com.arguments.orders", ["coffee"], {}), ("com.arguments.orders", ["coffee"], {"limit": 2}),
            ("com.arguments.arglen", [], {}), ("com.arguments.arglen", [1, 2, 3], {"a": 1}),
            ("com.math.slowsquare", [3], {}), ("com.mathservice.div2", [7, 2], {}),
            ("com.myapp.add_complex", [2, 3, 4, 5], {}), ("com.myapp.split_name", ["Homer Simpson"], {}),
            ("com.myapp.echo_complex", [1, {"b": [2]}], {"c": "x"}),
            ("com.myapp.sqrt", [2], {}), ("com.myapp.sqrt", [0], {}), ("com.myapp.sqrt", [-2], {}),
            ("com.myapp.checkname", ["foo"], {}), ("com.myapp.checkname", ["Abc"], {}),
            ("com.myapp.checkname", ["12"], {}), ("com.myapp.checkname", ["123"], {}), ("com.myapp.compare", [2, 17], {}),
        ):
            try:
                r = await self.call(uri, *args, **kwargs)
                say(uri, {"args": list(r.results), "kwargs": r.kwresults} if isinstance(r, CallResult) else r)
            except ApplicationError as e:
                say(uri, "error", e.error, list(e.args), e.kwargs or {})
        progress = []
        n = await self.call("com.myapp.longop", 3, options=CallOptions(on_progress=progress.append))
        say("com.myapp.longop", progress, n)
        say("done")
        self.leave()


async def leave_with_input():
    """Ends the process when its input does."""
    await asyncio.get_event_loop().run_in_executor(None, sys.stdin.read)
    asyncio.get_event_loop().stop()


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
watching = loop.create_task(leave_with_input())
loop.run_until_complete(ApplicationRunner(URL, "realm1").run(Session, start_loop=False))
loop.run_forever()
sys.stdout.flush()
import os  # noqa: E402

os._exit(0)

"""A callee that keeps to testdata/stock.wamp.yaml, but for one fault.

usage: stock.py URL FAULT, where FAULT is none or one that stock_test.go has
"""
import asyncio
import sys

from autobahn.asyncio.wamp import ApplicationRunner, ApplicationSession
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.types import CallResult, RegisterOptions

URL, FAULT = sys.argv[1:]


def invalid(text):
    return ApplicationError("wamp.error.invalid_argument", text)


def bind(args, kwargs, names, optional=()):
    """The parameters by name."""
    if len(args) > len(names):
        raise invalid("too many arguments")
    bound = dict(kwargs, **dict(zip(names, args)))
    for name in names:
        if bound.get(name) is None:
            raise invalid(f"{name} is missing")
    if len(bound) < len(args) + len(kwargs) or set(bound) - set(names) - set(optional):
        raise invalid("unknown keywords, or one twice")
    return bound


def whole(v):
    return type(v) is int or type(v) is float and v.is_integer()


async def reserve(*args, **kwargs):
    if FAULT == "by-position" and "quantity" in kwargs:
        raise TypeError("reserve() takes 2 positional arguments")
    if FAULT == "crash" and args and isinstance(args[0], list):
        raise ValueError("not a string")
    p = bind(args, kwargs, ["sku", "quantity"], ["note", "urgent"])
    sku, quantity, note, urgent = p["sku"], p["quantity"], p.get("note"), p.get("urgent")
    if not isinstance(sku, str) or FAULT != "long" and not 3 <= len(sku) <= 12:
        raise invalid("sku")
    if not whole(quantity) and not (FAULT == "bool" and quantity is True):
        raise invalid("quantity")
    if not (0 if FAULT == "zero" else 1) <= quantity <= (98 if FAULT == "bound" else 99):
        raise invalid("quantity")
    if note is not None and not isinstance(note, str) or urgent is not None and not isinstance(urgent, bool):
        raise invalid("note or urgent")
    if FAULT == "silent" and note == "":
        await asyncio.sleep(3600)
    if FAULT == "undeclared" and urgent:
        raise ApplicationError("com.example.stock.error.too_busy", "not now")
    if quantity > 50:
        raise ApplicationError("com.example.stock.error.sold_out", "sold out", left="few" if FAULT == "error" else 50)
    state = "lost" if FAULT == "enum" else "waiting" if urgent else "reserved"
    return CallResult(id="1" if FAULT == "type" else 1, state=state)


def load(*args, details=None, **kwargs):
    if not isinstance(bind(args, kwargs, ["source"])["source"], str):
        raise invalid("source")
    if details.progress and FAULT != "progressless":
        details.progress("1" if FAULT == "progress" else 1, 2)
        details.progress(2, 2)
    return 2


class Session(ApplicationSession):
    async def onJoin(self, details):
        await self.register(reserve, "com.example.stock.reserve")
        if FAULT != "unserved":
            await self.register(load, "com.example.stock.import", RegisterOptions(details_arg="details"))
        print("ready", flush=True)

    def onDisconnect(self):
        asyncio.get_event_loop().stop()


ApplicationRunner(URL, "realm1").run(Session)

"""A foreign client in Python that does what it is told: a command is one JSON
line on the standard input, an answer or an event one on the output.
peer_test.go has the commands. The library is that of xconn.
"""
import asyncio
import json
import sys

from wampproto import auth, serializers
from xconn import async_client, types
from xconn.exception import ApplicationError

from peer_values import payload, say, unpack

SERIALIZERS = {
    "json": serializers.JSONSerializer,
    "msgpack": serializers.MsgPackSerializer,
    "cbor": serializers.CBORSerializer,
}


class Peer:
    session = None

    async def join(self, m):
        self.session = await async_client.connect(
            m["url"], m["realm"], auth.AnonymousAuthenticator(""), SERIALIZERS[m["serializer"]]())

    async def call(self, m):
        result = await self.session.call(m["uri"], unpack(m["args"]), unpack(m["kwargs"]))
        return payload(result.args, result.kwargs)

    async def register(self, m):
        async def handler(invocation):
            if m["as"] == "echo":
                return types.Result(invocation.args, invocation.kwargs)
            args, kwargs = unpack(m["args"]), unpack(m["kwargs"])
            if m["as"] == "answer":
                return types.Result(args, kwargs)
            raise ApplicationError(m["error"], *args, **kwargs)

        await self.session.register(m["uri"], handler, m.get("options"))

    async def subscribe(self, m):
        async def handler(event):
            details = event.details or {}
            say({"event": m["uri"], **payload(event.args, event.kwargs),
                 "topic": details.get("topic", ""), "retained": bool(details.get("retained"))})

        await self.session.subscribe(m["uri"], handler, m.get("options"))

    async def publish(self, m):
        options = {"acknowledge": True, **m.get("options", {})}
        await self.session.publish(m["uri"], unpack(m["args"]), unpack(m["kwargs"]), options)

    async def leave(self, m):
        await self.session.leave()

    async def command(self, line):
        m = json.loads(line)
        try:
            say({"n": m["n"], "ok": await getattr(self, m["do"])(m)})
        except ApplicationError as e:
            say({"n": m["n"], "error": {"uri": e.message, **payload(e.args, e.kwargs)}})
        except Exception as e:
            say({"n": m["n"], "error": {"uri": repr(e)}})


async def main():
    loop = asyncio.get_event_loop()
    reader = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    peer, running = Peer(), set()
    while line := await reader.readline():
        task = loop.create_task(peer.command(line))
        running.add(task)
        task.add_done_callback(running.discard)


asyncio.run(main())

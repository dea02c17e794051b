"""A foreign client in Python that does what it is told: a command is one JSON
line on the standard input, an answer or an event one on the output.
peer_test.go has the commands.

usage: peer.py asyncio|twisted
"""
import json
import sys
from urllib.parse import urlparse

import txaio

FRAMEWORK = sys.argv[1]
if FRAMEWORK == "twisted":
    txaio.use_twisted()
    from autobahn.twisted.rawsocket import WampRawSocketClientFactory
    from autobahn.twisted.wamp import ApplicationSession
    from autobahn.twisted.websocket import WampWebSocketClientFactory
    from twisted.internet import reactor, stdio
    from twisted.internet.endpoints import TCP4ClientEndpoint, UNIXClientEndpoint
    from twisted.protocols.basic import LineReceiver
else:
    txaio.use_asyncio()
    import asyncio
    from autobahn.asyncio.rawsocket import WampRawSocketClientFactory
    from autobahn.asyncio.wamp import ApplicationSession
    from autobahn.asyncio.websocket import WampWebSocketClientFactory

from autobahn.wamp import serializer, types
from autobahn.wamp.exception import ApplicationError

from peer_values import payload, say, unpack

SERIALIZERS = {
    "json": serializer.JsonSerializer,
    "msgpack": serializer.MsgPackSerializer,
    "cbor": serializer.CBORSerializer,
}


class Session(ApplicationSession):
    """One session, which reports that it joined or why it did not."""

    def __init__(self, config, joined):
        super().__init__(config)
        self.joined = joined
        self.left = None

    def onJoin(self, details):
        self.settle(self.joined)

    def onLeave(self, details):
        self.fail(ApplicationError(details.reason, details.message))
        self.disconnect()

    def onDisconnect(self):
        self.fail(ApplicationError("disconnected"))
        if self.left is not None:
            self.settle(self.left)

    def settle(self, future):
        if not txaio.is_called(future):
            txaio.resolve(future, None)

    def fail(self, error):
        if not txaio.is_called(self.joined):
            txaio.reject(self.joined, error)


class Peer:
    def __init__(self):
        self.session = None
        self.calls = {}

    def join(self, m):
        joined = txaio.create_future()

        def make():
            self.session = Session(types.ComponentConfig(m["realm"]), joined)
            return self.session

        url = urlparse(m["url"])
        chosen = SERIALIZERS[m["serializer"]](batched=m["batched"])
        if url.scheme == "ws":
            factory = WampWebSocketClientFactory(make, url=m["url"], serializers=[chosen])
        else:
            factory = WampRawSocketClientFactory(make, serializer=chosen)
        if FRAMEWORK == "twisted":
            factory.noisy = False
            if url.scheme == "unix":
                endpoint = UNIXClientEndpoint(reactor, url.path)
            else:
                endpoint = TCP4ClientEndpoint(reactor, url.hostname, url.port)
            connecting = endpoint.connect(factory)
        else:
            loop = asyncio.get_event_loop()
            if url.scheme == "unix":
                connecting = asyncio.ensure_future(loop.create_unix_connection(factory, url.path))
            else:
                connecting = asyncio.ensure_future(loop.create_connection(factory, url.hostname, url.port))
        txaio.add_callbacks(connecting, None, lambda f: txaio.is_called(joined) or txaio.reject(joined, f))
        return joined

    def call(self, m):
        def progressed(*args, **kwargs):
            say({"progress": True, **payload(args, kwargs)})

        # With details it cannot take a progressive result that has no keywords.
        options = types.CallOptions(on_progress=progressed) if m.get("progress") else types.CallOptions(details=True)
        future = self.session.call(m["uri"], *unpack(m["args"]), **unpack(m["kwargs"]), options=options)
        self.calls[m["n"]] = future
        return txaio_map(future, lambda r: payload(r.results, r.kwresults) if isinstance(r, types.CallResult) else payload([r], {}))

    def cancel(self, m):
        txaio.cancel(self.calls[m["of"]])

    def register(self, m):
        def handler(*args, **kwargs):
            if m["as"] == "echo":
                return types.CallResult(*args, **kwargs)
            args, kwargs = unpack(m["args"]), unpack(m["kwargs"])
            if m["as"] == "answer":
                return types.CallResult(*args, **kwargs)
            if m["as"] == "refuse":
                raise ApplicationError(m["error"], *args, **kwargs)
            say({"hangs": True})
            return hang()

        def walk(kilometres, details):
            for k in range(1, kilometres + 1):
                details.progress(k, f"km {k}")
            return kilometres

        if m["as"] == "walk":
            return self.session.register(walk, m["uri"], options=types.RegisterOptions(details=True))
        options = types.RegisterOptions(**m.get("options", {}))
        return self.session.register(handler, m["uri"], options=options)

    def subscribe(self, m):
        def handler(*args, **kwargs):
            d = kwargs.pop("details")
            say({"event": m["uri"], **payload(args, kwargs),
                 "topic": d.topic or "", "retained": bool(d.retained)})

        options = types.SubscribeOptions(details=True, **m.get("options", {}))
        return self.session.subscribe(handler, m["uri"], options=options)

    def publish(self, m):
        options = types.PublishOptions(acknowledge=True, **m.get("options", {}))
        return self.session.publish(m["uri"], *unpack(m["args"]), **unpack(m["kwargs"]), options=options)

    def leave(self, m):
        self.session.left = txaio.create_future()
        left = self.session.left
        self.session.leave()
        return left

    def command(self, line):
        m = json.loads(line)

        def ok(result):
            say({"n": m["n"], "ok": result if isinstance(result, dict) else None})

        def failed(failure):
            e = failure.value
            if isinstance(e, ApplicationError):
                say({"n": m["n"], "error": {"uri": e.error, **payload(e.args, e.kwargs)}})
            else:
                say({"n": m["n"], "error": {"uri": repr(e), "args": [], "kwargs": {}}})

        txaio.add_callbacks(txaio.as_future(getattr(self, m["do"]), m), ok, failed)


def hang():
    """A future that only a cancel ends, and says so."""
    if FRAMEWORK == "twisted":
        return txaio.create_future(canceller=lambda _: say({"interrupted": True}))

    async def wait():
        try:
            await asyncio.get_event_loop().create_future()
        except asyncio.CancelledError:
            say({"interrupted": True})
            raise

    return wait()


def txaio_map(future, f):
    mapped = txaio.create_future()
    txaio.add_callbacks(future, lambda r: txaio.resolve(mapped, f(r)), lambda e: txaio.reject(mapped, e))
    return mapped


def main():
    peer = Peer()
    if FRAMEWORK == "twisted":
        class Lines(LineReceiver):
            delimiter = b"\n"
            MAX_LENGTH = 1 << 24

            def lineReceived(self, line):
                peer.command(line)

            def connectionLost(self, reason=None):
                if reactor.running:
                    reactor.stop()

        # Standard output stays that of peer_values.
        stdio.StandardIO(Lines(), stdout=2)
        txaio.config.loop = reactor
        reactor.run()
        return

    async def run():
        loop = asyncio.get_event_loop()
        txaio.config.loop = loop
        reader = asyncio.StreamReader(limit=1 << 24)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            peer.command(line)

    asyncio.run(run())


main()

"""Writes DIR/.crossbar/config.json: a Crossbar.io node on loopback, with every
way to log in over WebSocket and RawSocket and the realms realm1 and realm2.

usage: mkconfig.py router|proxies|linked DIR WS_PORT RAW_PORT RAW_LOGIN_PORT
       WSS_PORT RAW_TLS_PORT UNIX_PATH [OTHER_RAW_LOGIN_PORT]

The certificates and keys of the server and of joe, its client, are in DIR, as
server.pem, server.key, client.pem and client.key.

router is one router worker. proxies is a router worker for each realm behind
two proxy workers that share the ports. linked is a router worker whose realm1
is joined to realm1 of another node, at its RAW_LOGIN_PORT, by a link.
"""
import base64
import datetime
import hashlib
import hmac
import ipaddress
import json
import os
import sys

import argon2
from autobahn.wamp.auth import derive_scram_credential
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from nacl.signing import SigningKey

PASSWORD, SALT = b"secret", bytes(range(16))
SERIALIZERS = ["cbor", "msgpack", "json"]
REALMS = ["realm1", "realm2"]
ROLES = ["anonymous", "user", "rlink"]
NODE_KEY = SigningKey(b"\x09" * 32)  # with which a linked node logs in


def scram(salted, **cost):
    """A user of scram, whose keys follow from the salted password."""
    client = hmac.new(salted, b"Client Key", hashlib.sha256).digest()
    server = hmac.new(salted, b"Server Key", hashlib.sha256)
    return {
        "salt": SALT.hex(),
        "stored-key": hashlib.sha256(client).hexdigest(),
        "server-key": server.hexdigest(),
        "role": "user",
        **cost,
    }


def argon(iterations, memory):
    """The key that autobahn takes: the unpadded base64 of Argon2id 1.3."""
    raw = argon2.low_level.hash_secret_raw(
        secret=PASSWORD, salt=SALT, time_cost=iterations, memory_cost=memory,
        parallelism=1, hash_len=32, type=argon2.low_level.Type.ID, version=0x13)
    return base64.b64encode(raw).rstrip(b"=")


def pbkdf2(iterations):
    return hashlib.pbkdf2_hmac("sha256", PASSWORD, SALT, iterations, 32)


def certificate(folder, name):
    """Writes a certificate that signs itself and returns its SHA-1, as Crossbar.io
    spells it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)  # the proxies cannot write one beyond 64 bits in MessagePack
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256()))
    with open(os.path.join(folder, name + ".pem"), "wb") as f:
        f.write(signed.public_bytes(serialization.Encoding.PEM))
    with open(os.path.join(folder, name + ".key"), "wb") as f:
        f.write(key.private_bytes(serialization.Encoding.PEM,
                                  serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return ":".join(f"{b:02X}" for b in signed.fingerprint(hashes.SHA1()))


def public(key):
    return bytes(key.verify_key).hex()


def logins():
    key = public(SigningKey(b"\x07" * 32))
    return {
        "anonymous": {"type": "static", "role": "anonymous"},
        "ticket": {"type": "static", "principals": {
            "joe": {"ticket": "tkt-123", "role": "user"}}},
        # The router derives the keys: here the secrets are plain.
        "wampcra": {"type": "static", "users": {
            "joe": {"secret": "secret", "role": "user"},
            "salty": {"secret": "secret", "role": "user", "salt": "salt123",
                      "iterations": 1000, "keylen": 32}}},
        "cryptosign": {"type": "static", "principals": {
            "joe": {"role": "user", "authorized_keys": [key]},
            "linked": {"role": "rlink", "authorized_keys": [public(NODE_KEY)]}}},
        "scram": {"type": "static", "principals": {
            "argon": scram(argon(4, 512), kdf="argon2id-13", iterations=4, memory=512),
            # 4096 iterations in 512 KiB: about 1 s for each login
            "autobahn": dict(derive_scram_credential("autobahn", "secret"), role="user"),
            "pb": scram(pbkdf2(4096), kdf="pbkdf2", iterations=4096, memory=0)}},
    }


def realm(name):
    allow = {
        "uri": "", "match": "prefix", "cache": True,
        "allow": {"call": True, "register": True, "publish": True, "subscribe": True},
        "disclose": {"caller": True, "publisher": True},
    }
    return {
        "name": name,
        "roles": [{"name": r, "permissions": [allow]} for r in ROLES],
        # An event of several receivers has as many places in a history. One that is
        # full loses the event with the first of them, and then fails over the others.
        "store": {"type": "memory", "event-history": [
            {"uri": "hist.", "match": "prefix", "limit": 100_000},
            {"uri": "hist", "match": "exact", "limit": 100_000},
            {"uri": "brief", "match": "exact", "limit": 4}]},
    }


def tcp(port, shared, **more):
    return {"type": "tcp", "interface": "127.0.0.1", "port": port, "shared": shared, **more}


def transports(folder, joe, ports, unix, shared):
    """joe is the SHA-1 of his certificate. The Unix socket comes last."""
    ws, raw, raw_login, wss, raw_tls = ports
    tls = {"key": os.path.join(folder, "server.key"), "certificate": os.path.join(folder, "server.pem"),
           "ca_certificates": [os.path.join(folder, "client.pem")]}
    with_tls = dict(logins(), tls={"type": "static", "principals": {
        "joe": {"certificate-sha1": joe, "role": "user"}}})
    raw_socket = {"type": "rawsocket", "serializers": SERIALIZERS,
                  "options": {"max_message_size": 1 << 20}}
    return [
        {"type": "websocket", "endpoint": tcp(ws, shared), "url": f"ws://127.0.0.1:{ws}/ws",
         "serializers": SERIALIZERS, "auth": logins()},
        dict(raw_socket, endpoint=tcp(raw, shared)),
        dict(raw_socket, endpoint=tcp(raw_login, shared), auth=logins()),
        {"type": "websocket", "endpoint": tcp(wss, shared, tls=tls), "url": f"wss://127.0.0.1:{wss}/ws",
         "serializers": SERIALIZERS, "auth": with_tls},
        dict(raw_socket, endpoint=tcp(raw_tls, shared, tls=tls), auth=with_tls),
        dict(raw_socket, endpoint={"type": "unix", "path": unix}, auth=logins()),
    ]


def router(listen):
    return [{"type": "router", "realms": [realm(r) for r in REALMS], "transports": listen(False)}]


def linked(folder, listen, other):
    """The node logs in to the other one with its key."""
    with open(os.path.join(folder, ".crossbar", "key.priv"), "w") as f:
        f.write("a key for tests\n\ncreator: wampgen\ncreated-at: now\nmachine-id: none\n"
                f"public-key-ed25519: {public(NODE_KEY)}\nprivate-key-ed25519: {bytes(NODE_KEY).hex()}\n")
    workers = router(listen)
    workers[0]["realms"][0]["rlinks"] = [{"id": "link", "realm": REALMS[0], "transport": {
        "type": "rawsocket", "endpoint": {"type": "tcp", "host": "127.0.0.1", "port": int(other)},
        "url": f"rs://127.0.0.1:{other}", "serializer": "cbor"}}]
    return workers


def proxies(folder, listen):
    """Proxies authenticate, and tell the routers behind them who it is."""
    def socket(name):
        return os.path.join(folder, name)

    routers = [{
        "type": "router", "realms": [realm(name)], "transports": [{
            "type": "rawsocket", "endpoint": {"type": "unix", "path": socket(name)},
            "serializers": ["cbor"], "auth": {"anonymous-proxy": {"type": "static"}}}],
    } for name in REALMS]
    connections = {name: {
        "transport": {"type": "rawsocket", "endpoint": {"type": "unix", "path": socket(name)},
                      "url": "rs://localhost", "serializer": "cbor"},
        "auth": {"anonymous-proxy": {"type": "static"}},
    } for name in REALMS}
    routes = {name: {role: name for role in ROLES} for name in REALMS}
    # The second proxy has no socket: only ports can be shared.
    fronts = [listen(True), listen(True)[:-1]]
    return routers + [{
        "type": "proxy", "connections": connections, "routes": routes, "transports": front,
    } for front in fronts]


def main(layout, folder, *addresses):
    *ports, unix = addresses[:6]
    os.makedirs(os.path.join(folder, ".crossbar"), exist_ok=True)
    certificate(folder, "server")
    joe = certificate(folder, "client")

    def listen(shared):
        return transports(folder, joe, [int(p) for p in ports], unix, shared)

    workers = {
        "router": lambda: router(listen),
        "proxies": lambda: proxies(folder, listen),
        "linked": lambda: linked(folder, listen, addresses[6]),
    }[layout]()
    with open(os.path.join(folder, ".crossbar", "config.json"), "w") as f:
        json.dump({"version": 2, "controller": {}, "workers": workers}, f, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Lines and values as peers in Python exchange them with the test: what JSON cannot
hold has a mark.
"""
import base64
import json
import sys

_out = sys.stdout
sys.stdout = sys.stderr  # the output is for lines of ours


def say(line):
    _out.write(json.dumps(line) + "\n")
    _out.flush()


def pack(v):
    """Marks what JSON cannot hold."""
    if isinstance(v, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(v).decode()}
    if isinstance(v, dict):
        return {k: pack(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)):
        return [pack(x) for x in v]
    return v


def unpack(v):
    if isinstance(v, list):
        return [unpack(x) for x in v]
    if not isinstance(v, dict):
        return v
    if "$bytes" in v:
        return base64.b64decode(v["$bytes"])
    if "$int" in v:
        return int(v["$int"])
    return {k: unpack(x) for k, x in v.items()}


def payload(args, kwargs):
    return {"args": pack(list(args or [])), "kwargs": pack(dict(kwargs or {}))}

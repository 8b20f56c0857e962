#!/usr/bin/env python3
# A driver for `asap conformance client` in plain Python: does what a scenario asks for, says 77 to what it does not do.
import json, os, secrets, sys, time, urllib.request
from datetime import datetime, timezone

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid():
    number = int(time.time() * 1000) << 80 | secrets.randbits(80)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def send(url):
    key = ulid()
    envelope = {
        "id": ulid(),
        "asap_version": "0.1",
        "timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "sender": "urn:asap:agent:python-driver",
        "recipient": "urn:asap:agent:conformance-peer",
        "payload_type": "task.request",
        "payload": {"conversation_id": "conv_1", "skill_id": "echo", "input": {"message": "hello"}},
    }
    params = {"envelope": envelope, "idempotency_key": key}
    body = json.dumps({"jsonrpc": "2.0", "method": "asap.send", "params": params, "id": ulid()}).encode()
    headers = {"Content-Type": "application/json", "X-Idempotency-Key": key}
    with urllib.request.urlopen(urllib.request.Request(url + "/asap", body, headers)) as response:
        return json.load(response)


url, scenario = sys.argv[-1], os.environ["ASAP_CONFORMANCE_SCENARIO"]
if scenario == "send":
    sys.exit(0 if "result" in send(url) else 1)
elif scenario == "send-twice":
    sys.exit(0 if all("result" in send(url) for _ in range(2)) else 1)
elif scenario == "answer-error":
    sys.exit(0 if "error" in send(url) else 1)
sys.exit(77)

"""Seeds of the protocol's messages, as specs/cloud.proto encodes them."""

import struct


def varint(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def data(field, payload):
    return varint(field << 3 | 2) + varint(len(payload)) + payload


def real(field, value):
    return varint(field << 3 | 5) + struct.pack("<f", value)


def encoding(kind, compressed):
    return number(1, kind) + (number(2, 1) if compressed else b"")


def seeds():
    feedback = number(1, 4) + number(2, 3)
    opening = (
        number(1, 4) + data(2, bytes(range(32))) + number(3, 2) + number(4, 48) + number(5, 2) + number(6, 2)
        + data(7, encoding(3, True)) + data(7, encoding(1, False)))
    states = number(1, 7) + number(2, 2) + data(3, encoding(1, False)) + data(4, bytes(16))
    sampling = real(1, 0.5) + number(2, 40) + real(3, 0.9) + number(4, 2**63)
    returned = number(1, 3) + number(2, 1) + data(3, bytes(8))
    edge = {
        "open": data(1, opening), "open-feedback": data(1, opening + data(8, feedback) + number(9, 1) + number(10, 1)),
        "states": data(2, states), "ask": data(3, number(1, 9) + data(2, sampling)),
        "ask-drafts": data(3, number(1, 9) + data(2, sampling) + data(3, varint(300) + varint(1)) + data(4, states)),
        "rewind": data(4, number(1, 5)), "close": data(5, b""),
    }
    cloud = {
        "opened": data(1, data(1, encoding(1, False)) + number(2, 64) + data(3, feedback) + number(4, 1)),
        "acknowledged": data(2, number(1, 12)),
        "answer": data(3, number(1, 9) + number(2, 5) + real(3, 0.5) + real(4, 0.1) + data(5, returned) + number(6, 4)),
        "lacking": data(4, b""), "refusal": data(5, number(1, 12) + data(2, "why \u00e9".encode())),
        "returned": data(6, returned),
    }
    for name, message in edge.items():
        yield "edge-message", name, message
    for name, message in cloud.items():
        yield "cloud-message", name, message

"""Frames of HTTP/2 (RFC 9113) and headers without compression (RFC 7541), as an attacker writes them."""

import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, CONTINUATION = 0, 1, 3, 4, 6, 9
END_STREAM, END_HEADERS = 1, 4


def frame(kind, flags, stream, payload):
    """A frame, whatever sense it makes."""
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def request_headers(path, token):
    """The header block of a gRPC request: literals that are not put into the table."""
    fields = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"),
              ("content-type", "application/grpc"), ("te", "trailers"), ("authorization", f"Bearer {token}")]
    return b"".join(b"\0" + text(name) + text(value) for name, value in fields)


def text(value):
    """A string with its length, as an integer with a prefix of seven bits."""
    data = value.encode()
    if len(data) < 127:
        return bytes([len(data)]) + data
    length, rest = b"\x7f", len(data) - 127
    while rest >= 128:
        length += bytes([rest % 128 + 128])
        rest //= 128
    return length + bytes([rest]) + data

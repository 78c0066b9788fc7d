#!/usr/bin/env python3
"""Speaks specs/cloud.proto to `cleave serve`, as a peer that shares no code with it.

Sends float32 states, [positions, hidden], of a .npy or a raw file; asks which token follows; prints the answers
as JSON. Needs grpcio and grpcio-tools; --health and --reflection need grpcio-health-checking and
grpcio-reflection. Stubs are made at run time.
"""
import argparse, json, pathlib, sys, tempfile

SPECS = pathlib.Path(__file__).resolve().parents[2] / "specs"


def stubs():
    from grpc_tools import protoc
    out = tempfile.mkdtemp()
    arguments = ["protoc", f"-I{SPECS}", f"--python_out={out}", f"--grpc_python_out={out}", "cloud.proto"]
    if protoc.main(arguments) != 0:
        sys.exit("cloud_client.py: protoc failed")
    sys.path.insert(0, out)
    import cloud_pb2, cloud_pb2_grpc
    return cloud_pb2, cloud_pb2_grpc


def read_states(path, hidden):
    if path.endswith(".npy"):
        import numpy
        states = numpy.load(path).astype("<f4")
        if states.ndim != 2 or states.shape[1] != hidden:
            sys.exit(f"cloud_client.py: {path}: shape {states.shape}; expected [positions, {hidden}]")
        return states.tobytes()
    data = pathlib.Path(path).read_bytes()
    if not data or len(data) % (4 * hidden):
        sys.exit(f"cloud_client.py: {path}: {len(data)} bytes; expected positions of {4 * hidden}")
    return data


def session(pb, about, states, asks, depth):
    row = 4 * about.hidden_size
    count = len(states) // row
    encoding = pb.Encoding(format=pb.FORMAT_FLOAT32)
    yield pb.EdgeMessage(open=pb.Open(
        version=about.version, model_id=about.model_id, first_exit=about.first_exit,
        hidden_size=about.hidden_size, activations=about.activations, kv_cache=about.kv_cache,
        encodings=[encoding],
        feedback=pb.Feedback(depth=depth, format=pb.FORMAT_FLOAT32) if depth else None))
    for first in range(0, count, 1024):
        many = min(1024, count - first)
        yield pb.EdgeMessage(states=pb.States(
            first_position=first, count=many, encoding=encoding,
            data=states[first * row:(first + many) * row]))
    for _ in range(asks):
        yield pb.EdgeMessage(ask=pb.Ask(position=count, sampling=pb.Sampling(top_p=1)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cloud", help="HOST:PORT")
    parser.add_argument("states", nargs="?", help="float32 [positions, hidden]: .npy, or raw little-endian")
    parser.add_argument("--asks", type=int, default=1)
    parser.add_argument("--feedback", type=int, metavar="DEPTH",
                        help="ask for the states after so many blocks to come back, as float32")
    parser.add_argument("--token")
    parser.add_argument("--ca", help="PEM authorities: speak TLS")
    parser.add_argument("--health", action="store_true")
    parser.add_argument("--reflection", action="store_true")
    options = parser.parse_args()
    import grpc
    if options.ca:
        channel = grpc.secure_channel(
            options.cloud, grpc.ssl_channel_credentials(pathlib.Path(options.ca).read_bytes()))
    else:
        channel = grpc.insecure_channel(options.cloud)
    metadata = [("authorization", f"Bearer {options.token}")] if options.token else []
    pb, rpc = stubs()
    result = {}
    if options.health:
        from grpc_health.v1 import health_pb2, health_pb2_grpc
        health = health_pb2_grpc.HealthStub(channel)
        answer = health.Check(health_pb2.HealthCheckRequest(service="cleave.cloud.v1.Cloud"), timeout=10)
        result["health"] = health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
        watch = health.Watch(health_pb2.HealthCheckRequest(), timeout=10)
        result["watch"] = health_pb2.HealthCheckResponse.ServingStatus.Name(next(watch).status)
        watch.cancel()
    if options.reflection:
        from grpc_reflection.v1alpha import reflection_pb2 as r
        # v1 has the messages of v1alpha under another name.
        ask = channel.stream_stream(
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            request_serializer=r.ServerReflectionRequest.SerializeToString,
            response_deserializer=r.ServerReflectionResponse.FromString)
        questions = [r.ServerReflectionRequest(list_services=""),
                     r.ServerReflectionRequest(file_containing_symbol="cleave.cloud.v1.Cloud"),
                     r.ServerReflectionRequest(file_by_filename="health.proto")]
        replies = list(ask(iter(questions), metadata=metadata, timeout=10))
        result["services"] = [s.name for s in replies[0].list_services_response.service]
        from google.protobuf import descriptor_pb2
        result["files"] = [descriptor_pb2.FileDescriptorProto.FromString(
            reply.file_descriptor_response.file_descriptor_proto[0]).name for reply in replies[1:]]
    stub = rpc.CloudStub(channel)
    about = stub.Describe(pb.DescribeRequest(), metadata=metadata, timeout=10)
    result["model_id"] = about.model_id.hex()
    result["hidden_size"] = about.hidden_size
    if options.states:
        answers = result["answers"] = []
        returned = 0
        messages = stub.Session(
            hold(session(pb, about, read_states(options.states, about.hidden_size), options.asks, options.feedback)),
            metadata=metadata, timeout=60)
        for message in messages:
            kind = message.WhichOneof("message")
            if kind == "refusal":
                sys.exit(f"cloud_client.py: refused: {message.refusal.text}")
            if kind == "opened" and options.feedback and not message.opened.HasField("feedback"):
                sys.exit("cloud_client.py: the cloud sends nothing back")
            if kind in ("returned", "answer"):
                back = message.returned if kind == "returned" else message.answer.returned
                if back.count and (back.first_position != returned or
                                   len(back.data) != 4 * about.hidden_size * back.count):
                    sys.exit(f"cloud_client.py: {len(back.data)} bytes came back from {back.first_position}")
                returned += back.count
            if kind == "answer":
                answers.append({"position": message.answer.position, "token": message.answer.token,
                                "max_probability": message.answer.max_probability})
                if len(answers) == options.asks:
                    messages.cancel()
                    break
        if options.feedback:
            result["returned"] = returned
    print(json.dumps(result))


def hold(messages):
    """The session ends with its requests: they end when the answers are here."""
    import threading
    yield from messages
    threading.Event().wait(60)


if __name__ == "__main__":
    main()

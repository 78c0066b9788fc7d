#!/usr/bin/env python3
"""Makes Tests/Golden/signing: keys, and a directory that the model-signing package signed.

    python tools/golden/signing.py Tests/Golden/signing

Needs model-signing (judges.txt). The keys and the signature are new each time; everything else
is the same. To judge a signature that cleave made, and to make one that cleave judges (the tests do both):

    python tools/golden/signing.py --check BUNDLE key.pub
    python tools/golden/signing.py --sign BUNDLE key.pem
"""

import pathlib
import shutil
import sys

import model_signing
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def private_pem(key, encoding, password=None):
    encryption = (
        serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, encoding, encryption)


def public_pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def make(out):
    shutil.rmtree(out, ignore_errors=True)
    model = out / "model"
    (model / "weights").mkdir(parents=True)
    (model / "a.txt").write_text("one\n")
    (model / "weights" / "b.bin").write_bytes(bytes(range(256)))
    (model / "weights-c.txt").write_text("sorted behind weights/ by components\n")
    pkcs8 = serialization.PrivateFormat.PKCS8
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    wide = ec.generate_private_key(ec.SECP384R1())
    files = {
        "key.pem": private_pem(key, pkcs8),
        "key-sec1.pem": private_pem(key, serialization.PrivateFormat.TraditionalOpenSSL),
        "key-encrypted.pem": private_pem(key, pkcs8, b"secret"),
        "key.pub": public_pem(key),
        "other.pub": public_pem(other),
        "p384.pem": private_pem(wide, pkcs8),
        "p384.pub": public_pem(wide),
    }
    for name, data in files.items():
        (out / name).write_bytes(data)
    sign(model, out / "key.pem")
    check(model, out / "key.pub")


def sign(model, private_key):
    signature = model / "model.sig"
    model_signing.signing.Config().use_elliptic_key_signer(private_key=private_key).set_hashing_config(
        model_signing.hashing.Config().set_ignored_paths(paths=[signature.name])
    ).sign(model, signature)


def check(model, public_key):
    model_signing.verifying.Config().use_elliptic_key_verifier(public_key=public_key).verify(
        model, model / "model.sig"
    )
    print(f"{model}: the model-signing package verifies it")


if __name__ == "__main__":
    todo, paths = make, [pathlib.Path(path) for path in sys.argv[1:]]
    if sys.argv[1] in ("--check", "--sign"):
        todo = check if sys.argv[1] == "--check" else sign
        paths = paths[1:]
    todo(*paths)

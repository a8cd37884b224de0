"""Make the Python package of the contracts: messages, stubs, services.

Usage: python proto/generate.py [OUT]          (default proto/gen)
       python proto/generate.py --image FILE   all contracts with their comments, for buf
       python proto/generate.py --release      keep the contracts as those that later ones must not break

protovalidate ships its rules as a descriptor, not as a .proto file, so protoc is given that descriptor.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from importlib import resources
from pathlib import Path

from google.protobuf import descriptor_pb2
from protovalidate._gen.buf.validate import validate_pb

PROTO = Path(__file__).resolve().parent
RULES = "buf/validate/validate.proto"


def rules_descriptor() -> bytes:
    """The protovalidate rules and the well-known types they import, as a FileDescriptorSet."""
    files = descriptor_pb2.FileDescriptorSet()
    for name in ("descriptor", "duration", "field_mask", "timestamp"):
        module = __import__(f"google.protobuf.{name}_pb2", fromlist=["DESCRIPTOR"])
        files.file.add().ParseFromString(module.DESCRIPTOR.serialized_pb)
    files.file.add().ParseFromString(validate_pb.desc().proto.to_binary())
    return files.SerializeToString()


def sources() -> list[str]:
    return sorted(str(path.relative_to(PROTO)) for path in (PROTO / "quanzi").rglob("*.proto"))


def protoc(arguments: list[str], descriptors: Path) -> None:
    well_known = resources.files("grpc_tools") / "_proto"
    command = [
        sys.executable, "-m", "grpc_tools.protoc",
        f"--proto_path={PROTO}", f"--proto_path={well_known}", f"--descriptor_set_in={descriptors}",
        *arguments,
    ]  # fmt: skip
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    subprocess.run(command, check=True, cwd=PROTO, env={**os.environ, "PATH": path})  # noqa: S603


def generate(out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        descriptors = Path(scratch) / "rules.binpb"
        descriptors.write_bytes(rules_descriptor())
        messages = [f"--python_out={out}", f"--mypy_out=quiet:{out}"]
        protoc([*messages, RULES], descriptors)
        protoc([*messages, *sources()], descriptors)
        services = [name for name in sources() if "\nservice " in (PROTO / name).read_text(encoding="utf-8")]
        if services:
            protoc(
                [f"--grpc_python_out={out}", f"--mypy_grpc_out=quiet,only_async:{out}", *services],
                descriptors,
            )


def image(out: Path, *, source_info: bool = True) -> None:
    """Write all contracts as one image: what `buf lint` and `buf breaking` read."""
    with tempfile.TemporaryDirectory() as scratch:
        descriptors = Path(scratch) / "rules.binpb"
        descriptors.write_bytes(rules_descriptor())
        comments = ["--include_source_info"] if source_info else []
        protoc(["--include_imports", *comments, f"--descriptor_set_out={out}", *sources()], descriptors)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--image", path]:
            image(Path(path).resolve())
        case ["--release"]:
            image(PROTO / "released.binpb", source_info=False)
        case [path]:
            generate(Path(path).resolve())
        case _:
            generate(PROTO / "gen")

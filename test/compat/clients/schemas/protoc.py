"""Asks protoc about schemas: a line of JSON in, {"text": ..., "descriptor": base64 or null}, a line out.

The answer has "error" for what protoc refuses; for what it takes, "differences" between its descriptor and the one
that came with the question, where the order of fields and of nested types does not count.
"""

import base64
import difflib
import json
import os
import sys
import tempfile

from google.protobuf import descriptor_pb2, text_format
from grpc_tools import protoc

FILE = "default"


def compile_text(directory, text):
    """The descriptor, or the reason why there is none."""
    source, target = os.path.join(directory, FILE), os.path.join(directory, "set")
    with open(source, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    if os.path.exists(target):
        os.remove(target)
    reason = tempfile.TemporaryFile()
    stderr = os.dup(2)
    os.dup2(reason.fileno(), 2)
    try:
        code = protoc.main(["protoc", f"-I{directory}", f"-I{WELL_KNOWN}", "--retain_options", f"--descriptor_set_out={target}", source])
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
    reason.seek(0)
    said = reason.read().decode("utf-8", "replace").strip()
    if code != 0:
        return None, said or f"code {code}"
    files = descriptor_pb2.FileDescriptorSet()
    with open(target, "rb") as file:
        files.ParseFromString(file.read())
    return files.file[0], None


def in_order(descriptor):
    """A message's members by number and name; oneofs are told by name, since their places go with the order."""
    names = [oneof.name for oneof in descriptor.oneof_decl]
    fields = sorted(descriptor.field, key=lambda field: field.number)
    lines = [
        (text_format.MessageToString(without_place(field)), names[field.oneof_index] if field.HasField("oneof_index") else None)
        for field in fields
    ]
    rest = descriptor_pb2.DescriptorProto()
    rest.CopyFrom(descriptor)
    for name in ("field", "nested_type", "oneof_decl", "extension"):
        rest.ClearField(name)
    return {
        "name": descriptor.name,
        "rest": text_format.MessageToString(rest).split("\n"),
        "fields": lines,
        "oneofs": sorted(text_format.MessageToString(oneof) for oneof in descriptor.oneof_decl),
        "extensions": sorted(text_format.MessageToString(each) for each in descriptor.extension),
        "nested": [in_order(each) for each in sorted(descriptor.nested_type, key=lambda each: each.name)],
    }


def without_place(field):
    copy = descriptor_pb2.FieldDescriptorProto()
    copy.CopyFrom(field)
    copy.ClearField("oneof_index")
    return copy


def form(descriptor):
    rest = descriptor_pb2.FileDescriptorProto()
    rest.CopyFrom(descriptor)
    rest.ClearField("message_type")
    rest.ClearField("extension")
    imports = [
        (path, index in descriptor.public_dependency, index in descriptor.weak_dependency)
        for index, path in enumerate(descriptor.dependency)
    ]
    for name in ("dependency", "public_dependency", "weak_dependency"):
        rest.ClearField(name)
    for service in rest.service:
        for method in service.method:
            # A method with an empty block has options, all of them unset.
            if not method.options.ByteSize():
                method.ClearField("options")
    # Groups of extensions stand among the messages where they are written: of the order, that of messages counts.
    whole = {
        "imports": sorted(imports),
        "rest": text_format.MessageToString(rest).split("\n"),
        "extensions": sorted(text_format.MessageToString(each) for each in descriptor.extension),
        "messages": [in_order(each) for each in sorted(descriptor.message_type, key=lambda each: each.name)],
    }
    return json.dumps(whole, indent=1).split("\n")


def answer(directory, question):
    descriptor, error = compile_text(directory, question["text"])
    if descriptor is None:
        return {"error": error}
    if question["descriptor"] is None:
        return {"differences": []}
    ours = descriptor_pb2.FileDescriptorProto()
    ours.ParseFromString(base64.b64decode(question["descriptor"]))
    lines = difflib.unified_diff(form(descriptor), form(ours), "protoc", "ours", n=1, lineterm="")
    return {"differences": list(lines)[:40]}


WELL_KNOWN = os.path.join(os.path.dirname(protoc.__file__), "_proto")

with tempfile.TemporaryDirectory() as directory:
    for line in sys.stdin:
        print(json.dumps(answer(directory, json.loads(line))), flush=True)

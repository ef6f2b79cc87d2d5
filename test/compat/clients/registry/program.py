"""confluent-kafka's serializers beside another's: write what a plan says, or read it. Prints JSON facts."""

import json
import sys

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry import header_schema_id_serializer, prefix_schema_id_serializer
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

LOCATIONS = {"prefix": prefix_schema_id_serializer, "header": header_schema_id_serializer}


def fact(**fields):
    print(json.dumps(fields), flush=True)


def message_class(plan, version):
    # A pool for each version: both define the same names.
    pool = descriptor_pool.DescriptorPool()
    descriptors = plan["descriptors"]
    for file in [descriptors["address"], descriptors["customer"][version]]:
        pool.Add(json_format.ParseDict(file, descriptor_pb2.FileDescriptorProto()))
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("shop.Customer"))


def schema_of(plan, registry, form, version):
    """The schema with its reference, which is registered first."""
    schemas = plan["schemas"][form]
    name = schemas["referenceName"]
    kind = form.upper()
    registry.register_schema(name, Schema(schemas["address"], kind))
    found = registry.lookup_schema(name, Schema(schemas["address"], kind))
    reference = SchemaReference(name, name, found.version)
    return Schema(schemas["customer"][version], kind, [reference])


def serializer(plan, registry, form, version, location):
    conf = {"schema.id.serializer": LOCATIONS[location]}
    if form == "protobuf":
        kind = message_class(plan, version)
        serialize = ProtobufSerializer(kind, registry, {**conf, "use.deprecated.format": False})
        return lambda value, context: serialize(json_format.ParseDict(value, kind()), context)
    schema = schema_of(plan, registry, form, version)
    if form == "avro":
        return AvroSerializer(registry, schema, conf=conf)
    return JSONSerializer(schema, registry, conf=conf)


def deserializer(plan, registry, form):
    if form == "protobuf":
        deserialize = ProtobufDeserializer(
            message_class(plan, 1), {"use.deprecated.format": False}, schema_registry_client=registry
        )
        return lambda payload, context: payload and json_format.MessageToDict(deserialize(payload, context))
    if form == "avro":
        # Whatever was written, it is read as the second version.
        return AvroDeserializer(registry, schema_of(plan, registry, form, 1))
    return JSONDeserializer(schema_of(plan, registry, form, 1), schema_registry_client=registry)


def write(plan, topic, form, location):
    registry = SchemaRegistryClient({"url": plan["registry"]})
    producer = Producer({"bootstrap.servers": plan["bootstrap"]})
    problems = []
    for version in (0, 1):
        serialize = serializer(plan, registry, form, version, location)
        for value in plan["values"][version]:
            headers = []
            context = SerializationContext(topic, MessageField.VALUE, headers)
            payload = serialize(value, context)
            producer.produce(
                topic, value=payload, headers=headers, on_delivery=lambda error, _: error and problems.append(str(error))
            )
    producer.produce(topic, value=None)
    left = producer.flush(30)
    fact(event="wrote", topic=topic, left=left, problems=problems)


def read(plan, topic, form, _location):
    registry = SchemaRegistryClient({"url": plan["registry"]})
    deserialize = deserializer(plan, registry, form)
    consumer = Consumer({"bootstrap.servers": plan["bootstrap"], "group.id": "none", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, 0, 0)])
    values = []
    while len(values) < plan["count"]:
        message = consumer.poll(10)
        if message is None or message.error():
            raise RuntimeError(f"no message: {message and message.error()}")
        context = SerializationContext(topic, MessageField.VALUE, message.headers() or [])
        values.append(deserialize(message.value(), context))
    consumer.close()
    fact(event="read", topic=topic, values=values)


def refuse(plan, topic, form, _location):
    registry = SchemaRegistryClient({"url": plan["registry"]})
    reference = schema_of(plan, registry, form, 0).references
    try:
        registry.register_schema(f"{topic}-value", Schema(plan["schemas"][form]["incompatible"], form.upper(), reference))
        fact(event="taken", topic=topic)
    except SchemaRegistryError as error:
        fact(event="refused", topic=topic, status=error.http_status_code, message=error.error_message)


def main(plan_file):
    with open(plan_file, encoding="utf-8") as file:
        plan = json.load(file)
    for step in plan["steps"]:
        try:
            ACTIONS[step["action"]](plan, step["topic"], step["form"], step["location"])
        except Exception as error:  # The runner tells which step failed.
            fact(event="failed", topic=step["topic"], error=f"{type(error).__name__}: {error}")


ACTIONS = {"write": write, "read": read, "refuse": refuse}
main(sys.argv[1])

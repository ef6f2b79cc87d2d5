"""confluent-kafka as one member of the round trip: create, produce, consume. Prints JSON facts."""

import json
import signal
import sys

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic

FILLER = "abcdefghijklmnopqrstuvwxyz é漢 "


def fact(**fields):
    print(json.dumps(fields), flush=True)


def value_of(index):
    return f"value-{index}-" + FILLER * (index % 4)


def create(bootstrap, topic, partitions):
    admin = AdminClient({"bootstrap.servers": bootstrap})
    futures = admin.create_topics([NewTopic(topic, num_partitions=int(partitions), replication_factor=1)])
    futures[topic].result(timeout=20)
    described = admin.list_topics(topic, timeout=20).topics[topic]
    fact(event="created", partitions=sorted(described.partitions))


def produce(bootstrap, topic, codec, first, count):
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "compression.type": codec,
            "enable.idempotence": True,
            "linger.ms": 5,
        }
    )
    errors = []
    acknowledged = 0

    def on_delivery(error, _message):
        nonlocal acknowledged
        if error is None:
            acknowledged += 1
        else:
            errors.append(str(error))

    for index in range(int(first), int(first) + int(count)):
        headers = [("codec", codec.encode()), ("index", str(index).encode())]
        while True:
            try:
                producer.produce(
                    topic, key=f"key-{index}", value=value_of(index), headers=headers, on_delivery=on_delivery
                )
                break
            except BufferError:
                producer.poll(0.1)
        if index % 1000 == 0:
            producer.poll(0)
    left = producer.flush(40)
    fact(event="produced", acknowledged=acknowledged, left=left, errors=errors[:3])


def consume(bootstrap, topic, group, file, protocol="classic"):
    stopping = False

    def stop(_signal, _frame):
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    config = {
        "bootstrap.servers": bootstrap,
        "group.id": group,
        "group.protocol": protocol,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
    # Members of the consumer protocol are told by the broker how often to heartbeat.
    if protocol == "classic":
        config["heartbeat.interval.ms"] = 500
    consumer = Consumer(config)
    assigned = set()

    def on_assign(_consumer, partitions):
        assigned.update(p.partition for p in partitions)
        fact(event="assigned", partitions=sorted(assigned))

    def on_revoke(_consumer, partitions):
        commit(consumer)
        assigned.difference_update(p.partition for p in partitions)
        fact(event="assigned", partitions=sorted(assigned))

    consumer.subscribe([topic], on_assign=on_assign, on_revoke=on_revoke)
    with open(file, "w", encoding="utf-8") as out:
        while not stopping:
            messages = consumer.consume(1000, timeout=0.2)
            for message in messages:
                if message.error():
                    raise KafkaException(message.error())
                headers = ",".join(f"{k}={v.decode()}" for k, v in message.headers() or [])
                key, value = message.key().decode(), message.value().decode()
                out.write(f"{message.partition()}\t{message.offset()}\t{key}\t{value}\t{headers}\n")
            out.flush()
            if messages:
                consumer.commit(asynchronous=True)
    commit(consumer)
    consumer.close()
    fact(event="left")


def commit(consumer):
    try:
        consumer.commit(asynchronous=False)
    except KafkaException as error:
        if error.args[0].code() != KafkaError._NO_OFFSET:
            raise


{"create": create, "produce": produce, "consume": consume}[sys.argv[1]](*sys.argv[2:])

"""An idempotent producer of numbered records that outlives its broker, and a reader of all that it left."""

import json
import signal
import sys
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

FILLER = "abcdefghijklmnopqrstuvwxyz " * 8
BURST = 40
PAUSE_S = 0.01


def fact(**fields):
    print(json.dumps(fields), flush=True)


def write(bootstrap, topic, partitions, file):
    """Writes number after number, partition by turns, until SIGTERM; `file` gets what was acknowledged."""
    stopping = False

    def stop(_signal, _frame):
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(topic, num_partitions=int(partitions), replication_factor=1)])[topic].result(20)
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "enable.idempotence": True,
            "linger.ms": 3,
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 200,
            "retry.backoff.ms": 50,
            "message.timeout.ms": 120000,
        }
    )
    errors = []
    number = acknowledged = 0
    told = 0.0
    with open(file, "w", encoding="utf-8") as out:

        def on_delivery(error, message):
            nonlocal acknowledged
            if error is not None:
                errors.append(str(error))
                return
            acknowledged += 1
            written = message.value().decode().split(" ", 1)[0]
            out.write(f"{message.partition()}\t{message.offset()}\t{written}\n")

        while not stopping and not errors:
            try:
                for _ in range(BURST):
                    partition = number % int(partitions)
                    value = f"{number} {FILLER[: number % len(FILLER)]}"
                    producer.produce(topic, value=value, partition=partition, on_delivery=on_delivery)
                    number += 1
            except BufferError:
                pass
            producer.poll(PAUSE_S)
            if time.monotonic() > told + 0.05:
                told = time.monotonic()
                fact(event="progress", acknowledged=acknowledged)
        left = producer.flush(60)
    fact(event="written", numbers=number, acknowledged=acknowledged, left=left, errors=errors[:3])


def read(bootstrap, topic, file):
    """Writes every record of the topic to `file`."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "none", "enable.auto.commit": False})
    partitions = list(consumer.list_topics(topic, timeout=20).topics[topic].partitions)
    ends = {p: consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=20)[1] for p in partitions}
    consumer.assign([TopicPartition(topic, p, 0) for p in partitions])
    left = {p for p, end in ends.items() if end > 0}
    with open(file, "w", encoding="utf-8") as out:
        while left:
            for message in consumer.consume(5000, timeout=1):
                if message.error():
                    raise KafkaException(message.error())
                number = message.value().decode().split(" ", 1)[0]
                out.write(f"{message.partition()}\t{message.offset()}\t{number}\n")
                if message.offset() + 1 >= ends[message.partition()]:
                    left.discard(message.partition())
    consumer.close()
    fact(event="read", ends=ends)


{"write": write, "read": read}[sys.argv[1]](*sys.argv[2:])

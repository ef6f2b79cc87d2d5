"""kafka-python as one member of the round trip: create, produce, consume. Prints JSON facts."""

import json
import signal
import sys
import time

from kafka import AsyncConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import CommitFailedError, RebalanceInProgressError

# What a commit hears while the group changes: who has the partitions then reads them again.
CHANGING = (CommitFailedError, RebalanceInProgressError)
FILLER = "abcdefghijklmnopqrstuvwxyz é漢 "


def fact(**fields):
    print(json.dumps(fields), flush=True)


def value_of(index):
    return f"value-{index}-" + FILLER * (index % 4)


def create(bootstrap, topic, partitions):
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics({topic: {"num_partitions": int(partitions), "replication_factor": 1}})
    numbers = []
    # The broker shows a new topic a moment after its controller has made it.
    for _ in range(100):
        [described] = admin.describe_topics([topic])
        numbers = sorted(partition["partition_index"] for partition in described["partitions"])
        if len(numbers) == int(partitions):
            break
        time.sleep(0.05)
    admin.close()
    fact(event="created", partitions=numbers)


def produce(bootstrap, topic, codec, first, count):
    producer = KafkaProducer(
        bootstrap_servers=bootstrap,
        compression_type=None if codec == "none" else codec,
        enable_idempotence=True,
        linger_ms=5,
    )
    sent = []
    for index in range(int(first), int(first) + int(count)):
        headers = [("codec", codec.encode()), ("index", str(index).encode())]
        sent.append(
            producer.send(topic, key=f"key-{index}".encode(), value=value_of(index).encode(), headers=headers)
        )
    producer.flush(40)
    errors = [repr(future.exception) for future in sent if future.failed()]
    acknowledged = sum(future.succeeded() for future in sent)
    producer.close()
    fact(event="produced", acknowledged=acknowledged, left=len(sent) - acknowledged - len(errors), errors=errors[:3])


class Listener(AsyncConsumerRebalanceListener):
    """It is called where a commit that blocks is refused."""

    def __init__(self, consumer):
        self.consumer = consumer

    async def on_partitions_revoked(self, revoked):
        if revoked:
            try:
                await self.consumer.commit_async()
            except CHANGING as error:
                fact(event="commit-failed", error=str(error))
        fact(event="assigned", partitions=[])

    async def on_partitions_assigned(self, assigned):
        fact(event="assigned", partitions=sorted(each.partition for each in assigned))


def consume(bootstrap, topic, group, file):
    stopping = False

    def stop(_signal, _frame):
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        heartbeat_interval_ms=500,
    )
    # Before it joins: when it leads its group and hears of the partitions only after it has assigned none of them, but
    # before that is answered, kafka-python 3.0.12 takes them for assigned, and reads nothing for ever.
    consumer.partitions_for_topic(topic)
    consumer.subscribe([topic], listener=Listener(consumer))
    with open(file, "w", encoding="utf-8") as out:
        while not stopping:
            batches = consumer.poll(timeout_ms=200, max_records=2000)
            for record in (record for records in batches.values() for record in records):
                headers = ",".join(f"{key}={value.decode()}" for key, value in record.headers)
                key, value = record.key.decode(), record.value.decode()
                out.write(f"{record.partition}\t{record.offset}\t{key}\t{value}\t{headers}\n")
            out.flush()
            if batches:
                commit(consumer)
    commit(consumer)
    consumer.close()
    fact(event="left")


def commit(consumer):
    try:
        consumer.commit()
    except CHANGING as error:
        fact(event="commit-failed", error=str(error))


{"create": create, "produce": produce, "consume": consume}[sys.argv[1]](*sys.argv[2:])

"""aiokafka as one member of the round trip: create, produce, consume. Prints JSON facts."""

import asyncio
import json
import signal
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import CommitFailedError

FILLER = "abcdefghijklmnopqrstuvwxyz é漢 "


def fact(**fields):
    print(json.dumps(fields), flush=True)


def value_of(index):
    return f"value-{index}-" + FILLER * (index % 4)


async def create(bootstrap, topic, partitions):
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    created = await admin.create_topics([NewTopic(topic, int(partitions), 1)])
    assert [error[1] for error in created.topic_errors] == [0], created
    numbers = []
    # The broker shows a new topic a moment after its controller has made it.
    for _ in range(100):
        [described] = await admin.describe_topics([topic])
        numbers = sorted(partition["partition"] for partition in described["partitions"])
        if len(numbers) == int(partitions):
            break
        await asyncio.sleep(0.05)
    await admin.close()
    fact(event="created", partitions=numbers)


async def produce(bootstrap, topic, codec, first, count):
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        compression_type=None if codec == "none" else codec,
        enable_idempotence=True,
        linger_ms=5,
    )
    await producer.start()
    sent = []
    for index in range(int(first), int(first) + int(count)):
        headers = [("codec", codec.encode()), ("index", str(index).encode())]
        sent.append(
            await producer.send(topic, key=f"key-{index}".encode(), value=value_of(index).encode(), headers=headers)
        )
    await producer.flush()
    answers = await asyncio.gather(*sent, return_exceptions=True)
    await producer.stop()
    errors = [repr(answer) for answer in answers if isinstance(answer, BaseException)]
    fact(event="produced", acknowledged=len(answers) - len(errors), left=0, errors=errors[:3])


class Listener(ConsumerRebalanceListener):
    def __init__(self, consumer):
        self.consumer = consumer

    async def on_partitions_revoked(self, revoked):
        if revoked:
            await commit(self.consumer)
        fact(event="assigned", partitions=[])

    async def on_partitions_assigned(self, assigned):
        fact(event="assigned", partitions=sorted(each.partition for each in assigned))


async def consume(bootstrap, topic, group, file):
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        heartbeat_interval_ms=500,
    )
    await consumer.start()
    consumer.subscribe([topic], listener=Listener(consumer))
    with open(file, "w", encoding="utf-8") as out:
        while not stopping.is_set():
            batches = await consumer.getmany(timeout_ms=200, max_records=2000)
            for record in (record for records in batches.values() for record in records):
                headers = ",".join(f"{key}={value.decode()}" for key, value in record.headers)
                key, value = record.key.decode(), record.value.decode()
                out.write(f"{record.partition}\t{record.offset}\t{key}\t{value}\t{headers}\n")
            out.flush()
            if batches:
                await commit(consumer)
    await commit(consumer)
    await consumer.stop()
    fact(event="left")


async def commit(consumer):
    try:
        await consumer.commit()
    except CommitFailedError as error:
        # While the group changes: who has the partitions then reads them again.
        fact(event="commit-failed", error=str(error))


asyncio.run({"create": create, "produce": produce, "consume": consume}[sys.argv[1]](*sys.argv[2:]))

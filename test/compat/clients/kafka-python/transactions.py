"""kafka-python in the transcript of transactions. Arguments: bootstrap, topic."""

import sys
import time

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

bootstrap, topic = sys.argv[1:]
zero = TopicPartition(topic, 0)
GROUP = "transacting-kafka-python"
WAIT = 20


def open_producer():
    producer = KafkaProducer(bootstrap_servers=bootstrap, transactional_id="kafka-python")
    producer.init_transactions()
    return producer


def send(producer, *values):
    for value in values:
        producer.send(topic, value=value.encode(), partition=0).get(WAIT)


def step(name, work):
    print(f"> {name}")
    try:
        work()
        print("done")
    except KafkaError as error:
        print(f"error: {error}")


def commit():
    first.begin_transaction()
    send(first, "a", "b")
    first.commit_transaction()


def abort():
    first.begin_transaction()
    send(first, "c")
    first.abort_transaction()


def offsets():
    first.begin_transaction()
    first.send_offsets_to_transaction({zero: OffsetAndMetadata(2, "", -1)}, GROUP)
    first.commit_transaction()


def committed():
    """Once the group knows that the transaction has ended, which is answered before."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=GROUP, enable_auto_commit=False)
    found = None
    for _ in range(300):
        found = consumer.committed(zero)
        if found is not None:
            break
        time.sleep(0.05)
    consumer.close()
    return found


def second_producer():
    first.begin_transaction()
    send(first, "d")
    second = open_producer()
    second.begin_transaction()
    send(second, "e")
    second.commit_transaction()
    second.close()


def first_commits():
    """Once it has asked for a newer epoch, which it does by itself, and has heard that another producer has that."""
    for _ in range(300):
        try:
            return first.commit_transaction()
        except KafkaError as error:
            if "BUMPING_PRODUCER_EPOCH" not in str(error):
                raise
        time.sleep(0.05)


def read(level):
    """All values up to that of the second producer, and the end of the partition."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, isolation_level=level, enable_auto_commit=False)
    consumer.assign([zero])
    consumer.seek(zero, 0)
    values = []
    late = time.monotonic() + WAIT
    while time.monotonic() < late and not (values and values[-1].endswith("=e")):
        for record in consumer.poll(timeout_ms=200).get(zero, []):
            values.append(f"{record.offset}={record.value.decode()}")
    end = consumer.end_offsets([zero])[zero]
    consumer.close()
    return f"{values} end {end}"


admin = KafkaAdminClient(bootstrap_servers=bootstrap)
admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})
first = open_producer()
step("commit", commit)
step("abort", abort)
step("offsets of a group", offsets)
print(f"committed {committed()}")
step("a second producer of the same id", second_producer)
step("the first goes on", lambda: send(first, "f"))
step("the first commits", first_commits)
first.close(WAIT)
for level in ("read_committed", "read_uncommitted"):
    print(f"{level} {read(level)}")
print("state", admin.describe_transactions(["kafka-python"])["kafka-python"].state)
admin.close()

"""confluent-kafka in the transcript of transactions. Arguments: bootstrap, topic."""

import sys
import time

from confluent_kafka import Consumer, IsolationLevel, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

bootstrap, topic = sys.argv[1:]


def open_producer(name):
    producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": name, "linger.ms": 0})
    producer.init_transactions(20)
    return producer


def send(producer, *values):
    for value in values:
        producer.produce(topic, value=value, partition=0)
    producer.flush(20)


def step(name, work):
    print(f"> {name}")
    try:
        work()
        print("done")
    except KafkaException as error:
        print(f"error: {error.args[0].name()} fatal={error.args[0].fatal()} abort={error.args[0].txn_requires_abort()}")


def read(level):
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "reader", "isolation.level": level, "enable.partition.eof": True, "enable.auto.commit": False}
    )
    consumer.assign([TopicPartition(topic, 0, 0)])
    values = []
    while True:
        message = consumer.poll(20)
        if message is None or message.error():
            break
        values.append(f"{message.offset()}={message.value().decode()}")
    consumer.close()
    return values


def end(level):
    [future] = admin.list_offsets({TopicPartition(topic, 0): OffsetSpec.latest()}, isolation_level=level).values()
    return future.result(timeout=20).offset


def settle():
    """Waits until nothing is open: the end of a transaction is answered before its partitions know of it."""
    for _ in range(300):
        if end(IsolationLevel.READ_COMMITTED) == end(IsolationLevel.READ_UNCOMMITTED):
            return
        time.sleep(0.05)


def committed():
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "transacting-py", "enable.auto.commit": False})
    [position] = consumer.committed([TopicPartition(topic, 0)], timeout=20)
    consumer.close()
    return position.offset


admin = AdminClient({"bootstrap.servers": bootstrap})
admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(timeout=20)
first = open_producer("confluent-kafka")


def commit():
    first.begin_transaction()
    send(first, "a", "b")
    first.commit_transaction(20)


def abort():
    first.begin_transaction()
    send(first, "c")
    first.abort_transaction(20)


def offsets():
    first.begin_transaction()
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "transacting-py", "enable.auto.commit": False})
    metadata = consumer.consumer_group_metadata()
    first.send_offsets_to_transaction([TopicPartition(topic, 0, 2)], metadata, 20)
    first.commit_transaction(20)
    consumer.close()


def second_producer():
    first.begin_transaction()
    send(first, "d")
    second = open_producer("confluent-kafka")
    second.begin_transaction()
    send(second, "e")
    second.commit_transaction(20)


def first_goes_on():
    send(first, "f")
    first.commit_transaction(20)


step("commit", commit)
step("abort", abort)
step("offsets of a group", offsets)
print(f"committed {committed()}")
step("a second producer of the same id", second_producer)
step("the first goes on", first_goes_on)
settle()
print(f"read_committed {read('read_committed')}")
print(f"read_uncommitted {read('read_uncommitted')}")
for level in (IsolationLevel.READ_COMMITTED, IsolationLevel.READ_UNCOMMITTED):
    print(f"end {level.name} {[end(level)]}")

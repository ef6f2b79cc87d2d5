"""A read-process-write loop in transactions that outlives its broker: who writes its input, processes it, watches it."""

import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter, deque

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

KEYS = 24
BURST = 10
# Reconnects soon and without a word. With metadata.recovery.strategy=rebootstrap a transactional producer of librdkafka
# 2.16 may wait for ever after its only broker was away.
QUICK = {
    "reconnect.backoff.ms": 50,
    "reconnect.backoff.max.ms": 200,
    "log_level": 0,
    "metadata.recovery.strategy": "none",
}
stopping = threading.Event()


def fact(**fields):
    print(json.dumps(fields), flush=True)


def generate(bootstrap, topics, partitions, pause):
    """Creates the topics and writes numbers to the first until SIGTERM: number n has the key n modulo KEYS."""
    names = topics.split(",")
    admin = AdminClient({"bootstrap.servers": bootstrap})
    new = [NewTopic(name, num_partitions=int(partitions), replication_factor=1) for name in names]
    for created in admin.create_topics(new).values():
        created.result(20)
    fact(event="created")
    producer = Producer(
        {"bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 3, "message.timeout.ms": 120000} | QUICK
    )
    errors = []
    number = 0

    def on_delivery(error, _message):
        if error is not None:
            errors.append(str(error))

    while not stopping.is_set() and not errors:
        try:
            for _ in range(BURST):
                producer.produce(names[0], key=f"key-{number % KEYS}", value=str(number), on_delivery=on_delivery)
                number += 1
        except BufferError:
            pass
        producer.poll(0)
        stopping.wait(float(pause))
    left = producer.flush(60)
    fact(event="generated", numbers=number, left=left, errors=errors[:3])


class Processor:
    """Reads `source`, writes each record to `target`, and commits both in one transaction; aborts some on purpose."""

    def __init__(self, bootstrap, source, target, group, transactional_id):
        self.source = source
        self.target = target
        self.producer = None
        self.replaced = []
        self.group = None
        self.settings = {
            "bootstrap.servers": bootstrap,
            "transactional.id": transactional_id,
            "transaction.timeout.ms": 10000,
            "linger.ms": 1,
        } | QUICK
        self.consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": group,
                "session.timeout.ms": 6000,
                "heartbeat.interval.ms": 1000,
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed",
            }
            | QUICK
        )
        self.counts = Counter()
        self.troubles = Counter()

    def run(self):
        self.consumer.subscribe([self.source], on_assign=self.on_assign)
        must_start_over = True
        while not stopping.is_set():
            try:
                if must_start_over:
                    self.start_over()
                    must_start_over = False
                messages = self.consumer.consume(100, timeout=0.1)
                records = [message for message in messages if not message.error()]
                if records:
                    self.process(records)
            except KafkaException as error:
                self.troubles[error.args[0].name()] += 1
                print(error, file=sys.stderr)
                must_start_over = not self.is_aborted(error.args[0])
                time.sleep(0.02)
        self.consumer.close()
        fact(event="processed", **self.counts, troubles=self.troubles, replaced=len(self.replaced))
        os._exit(0)

    def on_assign(self, consumer, _partitions):
        """What is told while a member that was lost joins again would fence nothing."""
        self.group = consumer.consumer_group_metadata()

    def process(self, records):
        is_aborted = random.randrange(5) == 0
        positions = {}
        self.producer.begin_transaction()
        for record in records:
            value = b"aborted " + record.value() if is_aborted else record.value()
            self.producer.produce(self.target, key=record.key(), value=value)
            positions[record.partition()] = record.offset() + 1
        offsets = [TopicPartition(self.source, partition, offset) for partition, offset in positions.items()]
        self.patiently(self.producer.send_offsets_to_transaction, offsets, self.group)
        if is_aborted:
            self.producer.flush(15)
            self.patiently(self.producer.abort_transaction)
            self.counts["aborted"] += 1
            self.rewind()
        else:
            self.patiently(self.producer.commit_transaction)
            self.counts["committed"] += 1

    def patiently(self, call, *args):
        """What may be called again is called again: the broker comes back."""
        while True:
            try:
                return call(*args, 15)
            except KafkaException as error:
                if not error.args[0].retriable():
                    raise
                self.troubles[error.args[0].name()] += 1
                print(f"{call.__name__}: {error}", file=sys.stderr)

    def is_aborted(self, error):
        """What only needs an abort goes on with the same producer."""
        if not error.txn_requires_abort():
            return False
        try:
            self.patiently(self.producer.abort_transaction)
            self.rewind()
            return True
        except KafkaException as failure:
            self.troubles[failure.args[0].name()] += 1
            return False

    def start_over(self):
        """A new producer of the same id ends what the last one left, which is kept: its end may hang without a broker."""
        if self.producer is not None:
            self.replaced.append(self.producer)
        self.producer = Producer(self.settings)
        self.producer.init_transactions(15)
        self.rewind()

    def rewind(self):
        for position in self.consumer.committed(self.consumer.assignment(), timeout=15):
            if position.error:
                raise KafkaException(position.error)
            position.offset = max(position.offset, 0)
            self.consumer.seek(position)


def process(*args):
    Processor(*args).run()


class StableOffsets:
    """Looks at the last stable offset of partitions: it must not go back, and must come to each end that was seen."""

    def __init__(self, bootstrap, partitions):
        self.bootstrap = bootstrap
        self.admin = None
        self.partitions = partitions
        self.stable = {}
        self.ends = {}
        self.awaited = {partition: deque() for partition in partitions}
        self.slowest = 0.0
        self.wrong = []
        self.samples = 0

    def look(self):
        """A look at each partition, or none while the broker is away."""
        try:
            self.admin = self.admin or AdminClient({"bootstrap.servers": self.bootstrap} | QUICK)
            ends = self.offsets(IsolationLevel.READ_UNCOMMITTED)
            stable = self.offsets(IsolationLevel.READ_COMMITTED)
        except KafkaException:
            # It would ask with the leader epoch of before for ever.
            self.admin = None
            return
        if min(ends.values()) < 0 or min(stable.values()) < 0:
            # What librdkafka says of partitions that nobody has answered for: the broker went away meanwhile.
            return
        now = time.monotonic()
        self.samples += 1
        for partition in self.partitions:
            name = f"{partition.topic}-{partition.partition}"
            if stable[partition] < self.stable.get(partition, 0):
                self.wrong.append(f"{name}: {self.stable[partition]}, then {stable[partition]}")
            awaited = self.awaited[partition]
            if ends[partition] > self.ends.get(partition, 0):
                awaited.append((now, ends[partition]))
            while awaited and awaited[0][1] <= stable[partition]:
                awaited.popleft()
            if awaited:
                self.slowest = max(self.slowest, now - awaited[0][0])
        self.stable = stable
        self.ends = ends

    def offsets(self, level):
        asked = {partition: OffsetSpec.latest() for partition in self.partitions}
        futures = self.admin.list_offsets(asked, isolation_level=level, request_timeout=5)
        return {partition: future.result(timeout=10).offset for partition, future in futures.items()}

    def open(self):
        """The partitions where not all is stable, as of the last look."""
        return [f"{p.topic}-{p.partition}" for p in self.partitions if self.stable.get(p) != self.ends.get(p)]


def watch(bootstrap, topics, partitions, internal, internal_partitions, file):
    """Reads what is committed in the topics and writes it to `file`, and looks at last stable offsets, until SIGTERM."""
    own = [TopicPartition(topic, p) for topic in topics.split(",") for p in range(int(partitions))]
    offsets = StableOffsets(
        bootstrap, own + [TopicPartition(topic, p) for topic in internal.split(",") for p in range(int(internal_partitions))]
    )
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "none", "enable.auto.commit": False, "isolation.level": "read_committed"}
        | QUICK
    )
    consumer.assign([TopicPartition(p.topic, p.partition, 0) for p in own])
    seen = Counter()
    looked = 0.0
    with open(file, "w", encoding="utf-8") as out:
        while not stopping.is_set():
            for message in consumer.consume(500, timeout=0.1):
                if message.error():
                    if message.error().code() not in (KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT):
                        offsets.wrong.append(str(message.error()))
                    continue
                seen[message.topic()] += 1
                out.write(row(message))
            if time.monotonic() > looked + 0.3:
                offsets.look()
                looked = time.monotonic()
                fact(
                    event="watched",
                    seen=seen,
                    open=offsets.open(),
                    slowest=round(offsets.slowest, 1),
                    samples=offsets.samples,
                    wrong=offsets.wrong[:5],
                )


def read(bootstrap, topics, partitions, level, file):
    """Writes to `file` what a new consumer of the isolation level reads from the first to the last offset."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "none",
            "enable.auto.commit": False,
            "isolation.level": level,
            "enable.partition.eof": True,
        }
    )
    left = {(topic, p) for topic in topics.split(",") for p in range(int(partitions))}
    consumer.assign([TopicPartition(topic, p, 0) for topic, p in left])
    with open(file, "w", encoding="utf-8") as out:
        while left:
            for message in consumer.consume(500, timeout=1):
                if message.error() is None:
                    out.write(row(message))
                elif message.error().code() == KafkaError._PARTITION_EOF:
                    left.discard((message.topic(), message.partition()))
                else:
                    raise KafkaException(message.error())
    consumer.close()


def row(message):
    key, value = message.key().decode(), message.value().decode()
    return f"{message.topic()}\t{message.partition()}\t{message.offset()}\t{key}\t{value}\n"


def stop(_signal, _frame):
    stopping.set()


signal.signal(signal.SIGTERM, stop)
{"generate": generate, "process": process, "watch": watch, "read": read}[sys.argv[1]](*sys.argv[2:])

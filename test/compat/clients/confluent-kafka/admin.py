"""confluent-kafka's AdminClient in a transcript, beyond the creation of topics. Arguments: bootstrap, topic."""

import sys
import time

from confluent_kafka import (
    Consumer,
    ConsumerGroupState,
    ConsumerGroupTopicPartitions,
    IsolationLevel,
    KafkaError,
    KafkaException,
    Producer,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
    ResourceType,
)

bootstrap, topic = sys.argv[1:]
admin = AdminClient({"bootstrap.servers": bootstrap})
zero = TopicPartition(topic, 0)
group = f"group-of-{topic}"
WAIT = 20


def step(name, work):
    print(f"> {name}")
    try:
        print(work())
    except KafkaException as error:
        print(f"error: {error.args[0].name()}: {error.args[0].str()}")


def one(futures):
    [future] = futures.values()
    return future.result(timeout=WAIT)


def position(found):
    return f"{found.partition}@{found.offset} metadata={found.metadata!r} error={found.error}"


def positions(result):
    return f"{result.group_id} {[position(found) for found in result.topic_partitions]}"


def describe_topic(partitions):
    """Once the broker has heard of all partitions."""
    for _ in range(100):
        found = one(admin.describe_topics(TopicCollection([topic])))
        if len(found.partitions) == partitions:
            break
        time.sleep(0.1)
    shown = [(p.id, p.leader.id, [n.id for n in p.replicas], [n.id for n in p.isr]) for p in found.partitions]
    return f"{found.name} internal={found.is_internal} {shown}"


def describe_cluster():
    found = admin.describe_cluster(request_timeout=WAIT).result(timeout=WAIT)
    return f"controller={found.controller.id} nodes={[node.id for node in found.nodes]}"


def produce():
    producer = Producer({"bootstrap.servers": bootstrap})
    for number in range(10):
        producer.produce(topic, key=str(number), value=str(number), partition=0)
    return f"left {producer.flush(WAIT)}"


def ends(spec, level=IsolationLevel.READ_UNCOMMITTED):
    found = one(admin.list_offsets({zero: spec}, isolation_level=level))
    return f"offset={found.offset} leader epoch={found.leader_epoch}"


def deleted(before):
    found = one(admin.delete_records([TopicPartition(topic, 0, before)]))
    return f"low watermark {found.low_watermark}"


def deleted_when_allowed(before):
    """The same; Apache Kafka takes a moment until a changed config holds for the log."""
    for _ in range(100):
        try:
            return deleted(before)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.POLICY_VIOLATION:
                raise
        time.sleep(0.05)
    return deleted(before)


def alter_offsets(offset):
    asked = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 0, offset)])
    return positions(one(admin.alter_consumer_group_offsets([asked])))


def list_offsets(partitions):
    return positions(one(admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group, partitions)])))


def list_groups(**options):
    result = admin.list_consumer_groups(**options).result(timeout=WAIT)
    shown = sorted(f"{g.group_id} simple={g.is_simple_consumer_group} {g.state.name} {g.type.name}" for g in result.valid)
    return f"{shown} errors={result.errors}"


def describe_group(name):
    found = one(admin.describe_consumer_groups([name]))
    members = [[f"{p.topic}-{p.partition}" for p in member.assignment.topic_partitions] for member in found.members]
    return f"{found.group_id} {found.state.name} {found.type.name} assignor={found.partition_assignor!r} {members}"


def with_member(work):
    # What is committed is what the transcript commits, not what the close has read by then.
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "enable.auto.commit": False})
    consumer.subscribe([topic])
    while not consumer.assignment():
        consumer.poll(0.1)
    try:
        return work()
    finally:
        consumer.close()


def configs(resource, *names):
    found = one(admin.describe_configs([resource]))
    return [f"{name}={found[name].value} source={found[name].source} read-only={found[name].is_read_only}" for name in names]


def alter(resource, name, operation, value=None):
    entry = ConfigEntry(name, value, incremental_operation=operation)
    return one(admin.incremental_alter_configs([ConfigResource(resource.restype, resource.name, incremental_configs=[entry])]))


own = ConfigResource(ResourceType.TOPIC, topic)
broker = ConfigResource(ResourceType.BROKER, "1")
nothing = ConfigResource(ResourceType.TOPIC, "nothing")

step("create_topics", lambda: one(admin.create_topics([NewTopic(topic, 2, 1, config={"cleanup.policy": "compact"})])))
step("create_topics again", lambda: one(admin.create_topics([NewTopic(topic, 2, 1)])))
step("create_topics, only validated", lambda: one(admin.create_topics([NewTopic("valid", 2, 1)], validate_only=True)))
step("create_topics with too many replicas", lambda: one(admin.create_topics([NewTopic("replicated", 1, 3)])))
step("create_partitions", lambda: one(admin.create_partitions([NewPartitions(topic, 3)])))
step("create_partitions, fewer", lambda: one(admin.create_partitions([NewPartitions(topic, 1)])))
step("describe_topics", lambda: describe_topic(3))
step("describe_cluster", describe_cluster)
step("ten records", produce)
step("list_offsets, latest", lambda: ends(OffsetSpec.latest()))
step("list_offsets, committed", lambda: ends(OffsetSpec.latest(), IsolationLevel.READ_COMMITTED))
step("list_offsets, earliest", lambda: ends(OffsetSpec.earliest()))
step("list_offsets, after all", lambda: ends(OffsetSpec.for_timestamp(9_000_000_000_000)))
step("delete_records of a compacted topic", lambda: deleted(4))
step("incremental_alter_configs", lambda: alter(own, "cleanup.policy", AlterConfigOpType.SET, "delete"))
step("delete_records", lambda: deleted_when_allowed(4))
step("delete_records past the end", lambda: deleted(99))
step("list_offsets after that", lambda: ends(OffsetSpec.earliest()))
step("describe_configs", lambda: configs(own, "cleanup.policy", "retention.ms", "min.insync.replicas"))
step("incremental_alter_configs, append", lambda: alter(own, "cleanup.policy", AlterConfigOpType.APPEND, "compact"))
step("incremental_alter_configs, delete", lambda: alter(own, "retention.ms", AlterConfigOpType.DELETE))
step("incremental_alter_configs, a bad value", lambda: alter(own, "retention.ms", AlterConfigOpType.SET, "soon"))
step("incremental_alter_configs, unknown", lambda: alter(own, "no.such", AlterConfigOpType.SET, "1"))
step("incremental_alter_configs of no topic", lambda: alter(nothing, "retention.ms", AlterConfigOpType.SET, "1"))
step("describe_configs of a broker", lambda: configs(broker, "log.retention.hours", "num.partitions", "broker.id"))
step("describe_configs of no topic", lambda: configs(nothing, "retention.ms"))
step("a member comes and goes", lambda: with_member(lambda: "here"))
step("alter_consumer_group_offsets", lambda: alter_offsets(6))
step("list_consumer_group_offsets", lambda: list_offsets(None))
step("list_consumer_group_offsets of partitions", lambda: list_offsets([zero, TopicPartition(topic, 1)]))
step("list_consumer_groups", list_groups)
step("list_consumer_groups, empty ones", lambda: list_groups(states={ConsumerGroupState.EMPTY}))
step("list_consumer_groups, stable ones", lambda: list_groups(states={ConsumerGroupState.STABLE}))
step("describe_consumer_groups", lambda: describe_group(group))
step("describe_consumer_groups, unknown", lambda: describe_group("nobody"))
step("describe_consumer_groups with a member", lambda: with_member(lambda: describe_group(group)))
step("alter_consumer_group_offsets with a member", lambda: with_member(lambda: alter_offsets(1)))
step("delete_consumer_groups with a member", lambda: with_member(lambda: one(admin.delete_consumer_groups([group]))))
step("delete_consumer_groups", lambda: one(admin.delete_consumer_groups([group])))
step("delete_consumer_groups again", lambda: one(admin.delete_consumer_groups([group])))
step("delete_topics", lambda: one(admin.delete_topics([topic])))
# Not the one just deleted: librdkafka asks for topics that it knows, and Apache Kafka creates those that are asked for.
step("delete_topics of no topic", lambda: one(admin.delete_topics(["nothing"])))

"""kafka-python's admin client in a transcript. Arguments: bootstrap, topic."""

import json
import sys
import time

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, MemberToRemove, OffsetSpec
from kafka.errors import KafkaError
from kafka.protocol.consumer.offsets import IsolationLevel
from kafka.structs import OffsetAndMetadata

bootstrap, topic = sys.argv[1:]
admin = KafkaAdminClient(bootstrap_servers=bootstrap)
zero, one = TopicPartition(topic, 0), TopicPartition(topic, 1)
group = f"group-of-{topic}"
# What differs from run to run, and the configs of a new topic, which describe_configs tells too.
VOLATILE = {
    "client_host", "client_id", "cluster_id", "configs", "finalized_epoch", "high_watermark", "last_caught_up_timestamp",
    "last_fetch_timestamp", "last_timestamp", "leader_epoch", "listeners", "log_dir", "log_end_offset", "member_id",
    "member_metadata", "partition_size", "port", "producer_id", "replica_directory_id", "throttle_time_ms", "topic_id",
    "total_bytes", "usable_bytes",
}  # fmt: skip


def shown(value):
    if isinstance(value, TopicPartition):
        return f"{value.topic}-{value.partition}"
    if hasattr(value, "to_dict"):
        return shown(value.to_dict())
    if isinstance(value, dict):
        return {str(shown(key)): shown(each) for key, each in sorted(value.items(), key=str) if key not in VOLATILE}
    if isinstance(value, (set, frozenset)):
        return sorted((shown(each) for each in value), key=str)
    if isinstance(value, (list, tuple)) and not hasattr(value, "_asdict"):
        return [shown(each) for each in value]
    if hasattr(value, "_asdict"):
        return shown(value._asdict())
    if isinstance(value, type):
        return value.__name__
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def lines(value, indent=""):
    """JSON, an entry to a line where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    if len(text) < 120 or not isinstance(value, (dict, list)):
        return text
    deeper = indent + "  "
    if isinstance(value, list):
        return "[" + ",".join(f"\n{deeper}{lines(each, deeper)}" for each in value) + "]"
    return "{" + ",".join(f"\n{deeper}{json.dumps(key)}: {lines(each, deeper)}" for key, each in value.items()) + "}"


def ask(name, work):
    print(f"> {name}")
    try:
        print(lines(shown(work())))
    except (KafkaError, ValueError) as error:
        print(f"error: {error}".replace(bootstrap, "the broker"))
    except BaseException:
        # Its threads would keep a program that fails alive.
        admin.close()
        raise


def described(partitions):
    """Once the broker has heard of all partitions."""
    found = []
    for _ in range(100):
        found = admin.describe_topics([topic])
        if len(found[0]["partitions"]) == partitions:
            break
        time.sleep(0.05)
    return found


def produce():
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    offsets = [producer.send(topic, value=str(number).encode(), partition=0).get(20).offset for number in range(10)]
    producer.close()
    return offsets


def with_member(work):
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    # Before it joins: see client.py.
    consumer.partitions_for_topic(topic)
    consumer.subscribe([topic])
    while not consumer.assignment():
        consumer.poll(100)
    try:
        return work()
    finally:
        consumer.close()


def features():
    found = admin.describe_features()
    return {name: found[name] for name in ("group.version", "metadata.version", "transaction.version")}


def own_groups(**filters):
    return [each for each in admin.list_groups(**filters) if each["group_id"] == group]


def alter_offsets():
    return admin.alter_group_offsets(group, {zero: OffsetAndMetadata(6, "six", -1)})


def remove_nobody():
    return admin.remove_group_members(group, [MemberToRemove(member_id="nobody")])


def config(kind, name, values):
    return [ConfigResource(kind, name, values)]


def offsets_at(spec, level=IsolationLevel.READ_UNCOMMITTED):
    return admin.list_partition_offsets({zero: spec, one: spec}, isolation_level=level)


ask("create_topics", lambda: admin.create_topics({topic: {"num_partitions": 2, "configs": {"retention.ms": "3600000"}}}))
ask("create_topics again", lambda: admin.create_topics([topic]))
ask("create_topics, without exceptions", lambda: admin.create_topics([topic, "bad name"], raise_errors=False))
ask("create_topics, only validated", lambda: admin.create_topics({"valid": {"num_partitions": 3}}, validate_only=True))
ask("create_topics with too many replicas", lambda: admin.create_topics({"wide": {"replication_factor": 3}}))
ask("create_topics with replicas", lambda: admin.create_topics({"placed": {"assignments": {0: [1]}}}))
ask("create_partitions", lambda: admin.create_partitions({topic: 3}))
ask("create_partitions, fewer", lambda: admin.create_partitions({topic: 1}))
ask("describe_topics", lambda: described(3))
ask("describe_topics of no topic", lambda: admin.describe_topics(["nothing"]))
ask("describe_topic_partitions", lambda: admin.describe_topic_partitions([topic, "nothing"]))
ask("describe_cluster", admin.describe_cluster)
ask("describe_features", features)
ask("describe_metadata_quorum", admin.describe_metadata_quorum)
ask("ten records", produce)
for name in ("LATEST", "EARLIEST", "EARLIEST_LOCAL", "LATEST_TIERED"):
    spec = getattr(OffsetSpec, name)
    # The timestamp of a record is the time at which it was made.
    ask(f"list_partition_offsets, {name}", lambda: {tp: found.offset for tp, found in offsets_at(spec).items()})
ask("list_partition_offsets, committed", lambda: offsets_at(OffsetSpec.LATEST, IsolationLevel.READ_COMMITTED))
ask("list_partition_offsets, after all", lambda: offsets_at(9_000_000_000_000))
ask("delete_records", lambda: admin.delete_records({zero: 4}))
ask("delete_records past the end", lambda: admin.delete_records({zero: 99}))
ask("describe_configs", lambda: admin.describe_configs(config("TOPIC", topic, None), include_synonyms=True))
ask("describe_configs, some", lambda: admin.describe_configs(config("TOPIC", topic, ["segment.ms"]), config_filter="all"))
ask("alter_configs", lambda: admin.alter_configs(config("TOPIC", topic, {"cleanup.policy": ("APPEND", "compact")})))
ask("alter_configs, a bad value", lambda: admin.alter_configs(config("TOPIC", topic, {"retention.ms": "soon"})))
ask(
    "alter_configs, unknown",
    lambda: admin.alter_configs(config("TOPIC", topic, {"no.such": "1"}), raise_on_unknown=False),
)
ask(
    "alter_configs, all of them",
    lambda: admin.alter_configs(config("TOPIC", topic, {"max.message.bytes": "2000000"}), incremental=False),
)
ask("describe_configs", lambda: admin.describe_configs(config("TOPIC", topic, None)))
ask("reset_configs", lambda: admin.reset_configs(config("TOPIC", topic, ["retention.ms"])))
ask("describe_configs", lambda: admin.describe_configs(config("TOPIC", topic, None)))
ask("describe_configs of no topic", lambda: admin.describe_configs(config("TOPIC", "nothing", None)))
ask("list_config_resources", lambda: [each for each in admin.list_config_resources(["TOPIC"])["topic"] if each == topic])
ask("a member comes and goes", lambda: with_member(lambda: "here"))
ask("alter_group_offsets", alter_offsets)
ask("list_group_offsets", lambda: admin.list_group_offsets(group))
ask("list_group_offsets of partitions", lambda: admin.list_group_offsets({group: [zero, one]}))
ask("reset_group_offsets", lambda: admin.reset_group_offsets(group, {zero: OffsetSpec.EARLIEST}))
ask("delete_group_offsets", lambda: admin.delete_group_offsets(group, [zero]))
ask("list_groups", own_groups)
ask("list_groups, empty ones", lambda: own_groups(states_filter=["Empty"]))
ask("list_groups, stable ones", lambda: own_groups(states_filter=["Stable"]))
ask("list_groups of a type", lambda: own_groups(types_filter=["consumer"]))
ask("describe_groups", lambda: admin.describe_groups([group]))
ask("describe_groups, unknown", lambda: admin.describe_groups(["nobody"]))
ask("describe_groups with a member", lambda: with_member(lambda: admin.describe_groups([group])))
ask("alter_group_offsets with a member", lambda: with_member(alter_offsets))
ask("remove_group_members, unknown", lambda: with_member(remove_nobody))
ask("delete_groups with a member", lambda: with_member(lambda: admin.delete_groups([group])))
ask("delete_groups", lambda: admin.delete_groups([group]))
ask("delete_groups again", lambda: admin.delete_groups([group]))
ask("describe_log_dirs", lambda: admin.describe_log_dirs({topic: [0]}))
ask("elect_leaders", lambda: admin.elect_leaders(0, {topic: [0]}, raise_errors=False))
ask("describe_producers", lambda: admin.describe_producers([zero]))
ask("describe_transactions, unknown", lambda: admin.describe_transactions(["nobody"]))
ask("find_hanging_transactions", admin.find_hanging_transactions)
# One at a time: Apache Kafka answers in the order of their random ids.
ask("delete_topics", lambda: admin.delete_topics([topic]))
ask("delete_topics, another", lambda: admin.delete_topics(["placed"]))
# Not one just deleted: the client asks for topics that it knows, and Apache Kafka creates those that are asked for.
ask("delete_topics of no topic", lambda: admin.delete_topics(["nothing"]))
admin.close()

"""What the quickstart has to bring about, worked out from its CSV file, and what is found in its outputs."""

import csv
import hashlib
import json
import sqlite3
import struct
import sys
from datetime import datetime, timezone

from confluent_kafka import Consumer, KafkaException, TopicPartition

COLUMNS = [
    "id",
    "zone",
    "changed_at",
    "utc_offset",
    "moved_by",
    "abbreviation",
    "is_summer_time",
    "countries",
    "coordinates",
    "latitude",
    "longitude",
    "comment",
    "release",
]
RELEASE = "tzdata 2025b"


def fact(**fields):
    print(json.dumps(fields), flush=True)


def milliseconds(text):
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round((moment - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds() * 1000)


def tell(source, rows):
    """Rows as values in the order of COLUMNS. The checksum is that of the set: neither order nor repeats change it."""
    records = 0
    distinct = set()
    for row in rows:
        records += 1
        distinct.add(tuple(row))
    digest = hashlib.sha256()
    for row in sorted(distinct, key=repr):
        digest.update(repr(row).encode())
    ids = {row[0] for row in distinct}
    fact(event=source, records=records, rows=len(distinct), ids=len(ids), checksum=digest.hexdigest())


def from_csv(file):
    rows = []
    rejected = []
    with open(file, encoding="utf-8", newline="") as text:
        lines = text.read().split("\n")
    with open(file, encoding="utf-8", newline="") as text:
        reader = csv.reader(text)
        next(reader)
        line = reader.line_num + 1
        for cells in reader:
            try:
                rows.append(typed(cells))
            except ValueError:
                rejected.append([line, "\n".join(lines[line - 1 : reader.line_num])])
            line = reader.line_num + 1
    tell("csv", rows)
    fact(event="csv-rejected", records=rejected)


def typed(cells):
    (ident, zone, at, offset, moved, abbreviation, is_dst, countries, place, latitude, longitude, comment) = cells
    return (
        int(ident),
        zone,
        milliseconds(at),
        int(offset),
        None if moved == "" else int(moved),
        abbreviation,
        {"true": True, "false": False}[is_dst],
        countries,
        place,
        float(latitude),
        float(longitude),
        None if comment == "" else comment,
        RELEASE,
    )


def from_sqlite(file):
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    check = database.execute("PRAGMA integrity_check").fetchone()[0]
    if check != "ok":
        raise ValueError(f"integrity_check of {file}: {check}")
    columns = ", ".join(f'"{column}"' for column in COLUMNS)
    rows = database.execute(f"SELECT {columns} FROM clock_changes").fetchall()
    tell("sqlite", [(*row[:2], milliseconds(row[2]), *row[3:6], bool(row[6]), *row[7:]) for row in rows])


def from_jsonl(file):
    with open(file, encoding="utf-8") as text:
        rows = [json.loads(line) for line in text]
    for row in rows:
        if list(row) != COLUMNS:
            raise ValueError(f"fields of a line of {file}: {list(row)}")
    values = [list(row.values()) for row in rows]
    # JSON does not tell 18.0 from 18.
    tell("jsonl", [(*v[:2], milliseconds(v[2]), *v[3:9], float(v[9]), float(v[10]), *v[11:]) for v in values])


def from_topic(bootstrap):
    schemas = {}
    for message in messages(bootstrap, "_schemas"):
        value = json.loads(message.value() or b"{}")
        if "id" in value:
            schemas[value["id"]] = json.loads(value["schema"])
    rows = []
    for message in messages(bootstrap, "clock-changes"):
        magic, schema_id = struct.unpack(">bi", message.value()[:5])
        avro = Avro(message.value()[5:])
        row = avro.read(schemas[schema_id])
        if magic != 0 or avro.rest or list(row) != COLUMNS or message.key().decode() != str(row["id"]):
            raise ValueError(f"record {message.key()} at {message.partition()}-{message.offset()}: {row}")
        rows.append(tuple(row.values()))
    tell("topic", rows)


def from_rejected(bootstrap):
    records = []
    for message in messages(bootstrap, "clock-changes-rejected"):
        headers = {name: value.decode() for name, value in message.headers() if not name.endswith("stacktrace")}
        records.append({"key": message.key(), "value": message.value().decode(), "headers": headers})
    fact(event="rejected", records=records)


class Avro:
    """Reads Avro's binary encoding, as far as the quickstart needs it."""

    def __init__(self, data):
        self.rest = data

    def take(self, count):
        taken, self.rest = self.rest[:count], self.rest[count:]
        if len(taken) < count:
            raise ValueError("the value ends early")
        return taken

    def integer(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return (value >> 1) ^ -(value & 1)

    def read(self, schema):
        if isinstance(schema, list):
            return self.read(schema[self.integer()])
        kind = schema["type"] if isinstance(schema, dict) else schema
        if kind == "record":
            return {field["name"]: self.read(field["type"]) for field in schema["fields"]}
        if kind == "null":
            return None
        if kind == "boolean":
            return self.take(1) != b"\0"
        if kind in ("int", "long"):
            return self.integer()
        if kind == "double":
            return struct.unpack("<d", self.take(8))[0]
        if kind == "string":
            return self.take(self.integer()).decode()
        raise ValueError(f"Avro type {schema}")


def messages(bootstrap, topic):
    """Every record of a topic, in the order of each partition. A missing topic has none."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "none", "enable.auto.commit": False})
    described = consumer.list_topics(timeout=20).topics.get(topic)
    places = [TopicPartition(topic, p, 0) for p in (described.partitions if described else [])]
    ends = {p.partition: consumer.get_watermark_offsets(p, timeout=20)[1] for p in places}
    consumer.assign(places)
    left = {p for p, end in ends.items() if end > 0}
    while left:
        for message in consumer.consume(5000, timeout=1):
            if message.error():
                raise KafkaException(message.error())
            yield message
            if message.offset() + 1 >= ends[message.partition()]:
                left.discard(message.partition())
    consumer.close()


readers = {
    "csv": from_csv,
    "sqlite": from_sqlite,
    "jsonl": from_jsonl,
    "topic": from_topic,
    "rejected": from_rejected,
}
for argument in sys.argv[1:]:
    name, _, place = argument.partition("=")
    readers[name](place)

"""aiokafka in the transcript of transactions. Arguments: bootstrap, topic."""

import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

bootstrap, topic = sys.argv[1:]
zero = TopicPartition(topic, 0)
GROUP = "transacting-aiokafka"


async def open_producer():
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id="aiokafka")
    await producer.start()
    return producer


async def send(producer, *values):
    for value in values:
        await producer.send_and_wait(topic, value=value.encode(), partition=0)


async def step(name, work):
    print(f"> {name}")
    try:
        await asyncio.wait_for(work, 30)
        print("done")
    except KafkaError as error:
        print(f"error: {type(error).__name__}: {error}")


async def commit(producer):
    async with producer.transaction():
        await send(producer, "a", "b")


async def abort(producer):
    await producer.begin_transaction()
    await send(producer, "c")
    await producer.abort_transaction()


async def offsets(producer):
    async with producer.transaction():
        await producer.send_offsets_to_transaction({zero: 2}, GROUP)


async def committed():
    """Once the group knows that the transaction has ended, which is answered before."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=GROUP, enable_auto_commit=False)
    await consumer.start()
    consumer.assign([zero])
    found = None
    for _ in range(300):
        found = await consumer.committed(zero)
        if found is not None:
            break
        await asyncio.sleep(0.05)
    await consumer.stop()
    return found


async def second_producer(first):
    await first.begin_transaction()
    await send(first, "d")
    second = await open_producer()
    async with second.transaction():
        await send(second, "e")
    await second.stop()


async def read(level):
    """All values up to that of the second producer."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level=level, enable_auto_commit=False)
    await consumer.start()
    consumer.assign([zero])
    consumer.seek(zero, 0)
    values = []
    try:
        async with asyncio.timeout(15):
            while not values or not values[-1].endswith("=e"):
                record = await consumer.getone()
                values.append(f"{record.offset}={record.value.decode()}")
    except TimeoutError:
        values.append("and no more")
    await consumer.stop()
    return values


async def main():
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    first = await open_producer()
    await step("commit", commit(first))
    await step("abort", abort(first))
    await step("offsets of a group", offsets(first))
    print(f"committed {await committed()}")
    await step("a second producer of the same id", second_producer(first))
    await step("the first goes on", send(first, "f"))
    await step("the first commits", first.commit_transaction())
    await first.stop()
    for level in ("read_committed", "read_uncommitted"):
        print(f"{level} {await read(level)}")


asyncio.run(main())

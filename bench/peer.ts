/** The part of @platformatic/kafka that is used; its own types are not installed with the project. */
interface PeerModule {
  readonly Producer: new (
    options: object,
  ) => {
    send(options: object): Promise<unknown>;
    close(): Promise<void>;
  };
  readonly Consumer: new (
    options: object,
  ) => {
    consume(options: object): Promise<AsyncIterable<unknown> & { close(): Promise<void> }>;
    close(force: boolean): Promise<void>;
  };
  readonly Admin: new (
    options: object,
  ) => {
    createTopics(options: object): Promise<unknown>;
    close(): Promise<void>;
  };
}

/** Produces and consumes with the peer as its documentation shows it, in batches of a thousand. */
export async function peerRun(
  { Producer, Consumer, Admin }: PeerModule,
  address: string,
  { records, recordBytes }: { readonly records: number; readonly recordBytes: number },
): Promise<{ produced: number; consumed: number }> {
  const options = { clientId: 'peer', bootstrapBrokers: [address] };
  const admin = new Admin(options);
  await admin.createTopics({ topics: ['theirs'], partitions: 1, replicas: 1 });
  await admin.close();
  return { produced: await produce(), consumed: await consume() };

  async function produce(): Promise<number> {
    const producer = new Producer({ ...options, autocreateTopics: false });
    const value = Buffer.alloc(recordBytes, 'x');
    const batch = Array.from({ length: 1000 }, () => ({ topic: 'theirs', partition: 0, value }));
    const startedAt = performance.now();
    const underWay = new Set<Promise<unknown>>();
    for (let sent = 0; sent < records; sent += batch.length) {
      const sending = producer.send({ messages: batch, acks: -1 }).finally(() => underWay.delete(sending));
      underWay.add(sending);
      if (underWay.size >= 5) await Promise.race(underWay);
    }
    await Promise.all(underWay);
    const seconds = (performance.now() - startedAt) / 1000;
    await producer.close();
    return records / seconds;
  }

  async function consume(): Promise<number> {
    const consumer = new Consumer({ ...options, groupId: `peer-${process.pid}` });
    const stream = await consumer.consume({
      topics: ['theirs'],
      mode: 'earliest',
      autocommit: false,
      maxWaitTime: 100,
    });
    const startedAt = performance.now();
    let count = 0;
    for await (const _record of stream) {
      count += 1;
      if (count === records) break;
    }
    const seconds = (performance.now() - startedAt) / 1000;
    await stream.close();
    await consumer.close(true);
    return records / seconds;
  }
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  encodeToBuffer,
  featureLevelRecord,
  transactionLogKey,
  transactionLogValue,
} from '../../../kafka/protocol/index.ts';
import { BatchBuilder, buildEndTxnMarker, crc32c } from '../../../kafka/records/index.ts';
import { type Ran, ToolCluster } from './tool-cluster.ts';

const SEGMENT = '00000000000000000000';

let cluster: ToolCluster;
let files = 0;

beforeAll(async () => {
  cluster = await ToolCluster.start();
  await cluster.run('kafka-topics --create --topic words');
  await cluster.run('kafka-console-producer --topic words', { stdin: 'one\ntwo\n' });
  await cluster.run(
    'kafka-console-producer --topic words --compression-codec gzip --reader-property parse.key=true --reader-property parse.headers=true',
    { stdin: 'h1:a,h2:b\tkey\tthree\n' },
  );
});

afterAll(() => cluster.close());

const dump = (...args: string[]): Promise<Ran> => cluster.runWith('kafka-dump-log', args);
const dumpWords = (...args: string[]) => dump('--files', `/data/words-0/${SEGMENT}.log`, ...args);

/** Writes a file under a new directory and returns its path. */
function write(name: string, bytes: Buffer): string {
  files += 1;
  const directory = `/dump-${files}`;
  cluster.files.makeDirectory(directory);
  const file = cluster.files.open(`${directory}/${name}`, 'write');
  file.append([bytes]);
  file.close();
  return `${directory}/${name}`;
}

function batch(baseOffset: number, key: Buffer | null, value: Buffer | null): Buffer {
  const builder = new BatchBuilder({ initialBytes: 128 });
  builder.append(1000, key, value);
  return builder.build({ baseOffset, leaderEpoch: 0 });
}

/** The facts of an output line that do not depend on time. */
const fixed = (text: string) =>
  text
    .replaceAll(/(CreateTime|crc|producerId): \d+/g, '$1: N')
    .replaceAll(/position: [1-9]\d*|size: \d+/g, 'S');

describe('a log', () => {
  const first =
    'baseOffset: 0 lastOffset: 1 count: 2 baseSequence: 0 lastSequence: 1 producerId: N producerEpoch: 0 partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: N S magic: 2 compresscodec: none crc: N isvalid: true';
  const second =
    'baseOffset: 2 lastOffset: 2 count: 1 baseSequence: 0 lastSequence: 0 producerId: N producerEpoch: 0 partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty S CreateTime: N S magic: 2 compresscodec: gzip crc: N isvalid: true';
  const head = [`Dumping /data/words-0/${SEGMENT}.log`, 'Log starting offset: 0'];

  test('is shown batch by batch', async () => {
    const { code, out, err } = await dumpWords();
    expect([code, err]).toEqual([0, '']);
    expect(fixed(out).split('\n')).toEqual([...head, first, second, '']);
  });

  test('is shown record by record', async () => {
    const { out } = await dumpWords('--print-data-log');
    expect(fixed(out).split('\n')).toEqual([
      ...head,
      first,
      '| offset: 0 CreateTime: N keySize: -1 valueSize: 3 sequence: 0 headerKeys: [] payload: one',
      '| offset: 1 CreateTime: N keySize: -1 valueSize: 3 sequence: 1 headerKeys: [] payload: two',
      second,
      '| offset: 2 CreateTime: N keySize: 3 valueSize: 5 sequence: 0 headerKeys: [h1,h2] key: key payload: three',
      '',
    ]);
  });

  test('shows of records only what is asked for', async () => {
    const records = async (...args: string[]) =>
      (await dumpWords(...args)).out.split('\n').filter((line) => line.startsWith('|'));
    expect(await records('--print-data-log', '--skip-record-metadata')).toEqual([
      '| payload: one',
      '| payload: two',
      '| key: key payload: three',
    ]);
    expect((await records('--deep-iteration'))[0]).toMatch(/headerKeys: \[\]$/);
    expect(await records('--max-bytes', '10', '--deep-iteration')).toEqual([]);
  });

  test('shows markers, gaps and what is no batch at its end', async () => {
    const marker = { producerId: 5, producerEpoch: 1, coordinatorEpoch: 3, timestamp: 9, leaderEpoch: 0 };
    const bytes = Buffer.concat([
      batch(0, null, Buffer.from('a')),
      buildEndTxnMarker({ ...marker, type: 'COMMIT', baseOffset: 4 }),
      Buffer.alloc(7),
    ]);
    const path = write(`${SEGMENT}.log`, bytes);
    const { out, err } = await dump('--files', path, '--deep-iteration');
    expect(out).toContain(
      '| offset: 4 CreateTime: 9 keySize: 4 valueSize: 6 sequence: -1 headerKeys: [] endTxnMarker: COMMIT coordinatorEpoch: 3\n',
    );
    expect(out).toMatch(new RegExp(`Found 7 invalid bytes at the end of ${SEGMENT}.log\n$`));
    expect(err).toBe(`Non-consecutive offsets in ${path}\n  0 is followed by 4\n`);
  });

  test('of transactions is decoded', async () => {
    const key = Buffer.concat([
      Buffer.from([0, 0]),
      encodeToBuffer(transactionLogKey, 0, { transactionalId: 'x' }),
    ]);
    const value = encodeToBuffer(transactionLogValue, 1, {
      producerId: 3,
      previousProducerId: 3,
      producerEpoch: 0,
      transactionTimeoutMs: 60_000,
      transactionStatus: 0,
      transactionPartitions: null,
      transactionLastUpdateTimestampMs: 5,
      transactionStartTimestampMs: -1,
    });
    const bytes = Buffer.concat([
      batch(0, key, Buffer.concat([Buffer.from([0, 1]), value])),
      batch(1, key, null),
      batch(2, Buffer.from([0, 9, 1]), null),
    ]);
    const path = write(`${SEGMENT}.log`, bytes);
    const { out } = await dump('--files', path, '--transaction-log-decoder', '--skip-record-metadata');
    expect(out.split('\n').filter((line) => line.startsWith('|'))).toEqual([
      '| key: {"type":"0","data":{"transactionalId":"x"}} payload: {"version":"1","data":{"producerId":3,"previousProducerId":3,"producerEpoch":0,"transactionTimeoutMs":60000,"transactionStatus":0,"transactionPartitions":null,"transactionLastUpdateTimestampMs":5,"transactionStartTimestampMs":-1}}',
      '| key: {"type":"0","data":{"transactionalId":"x"}} payload: <DELETE>',
      '| key: Unknown record type 9 at offset 2, skipping.',
    ]);
    const keyless = write(`${SEGMENT}.log`, batch(0, null, null));
    expect((await dump('--files', keyless, '--offsets-decoder')).err).toContain('message had a missing key');
  });

  test('of metadata is decoded, also as a snapshot', async () => {
    const body = encodeToBuffer(featureLevelRecord, 0, { name: 'group.version', featureLevel: 1 });
    const value = Buffer.concat([Buffer.from([1, featureLevelRecord.apiKey, 0]), body]);
    const bytes = Buffer.concat([batch(0, null, value), batch(1, null, Buffer.from('one'))]);
    for (const [name, head] of [
      ['bootstrap.checkpoint', 'KRaft bootstrap snapshot'],
      ['00000000000000000007-0000000002.checkpoint', 'Snapshot end offset: 7, epoch: 2'],
    ] as const) {
      const { out } = await dump('--files', write(name, bytes), '--cluster-metadata-decoder');
      expect(out.split('\n')[1]).toBe(head);
      expect(out).toContain(
        'payload: {"type":"FEATURE_LEVEL_RECORD","version":0,"data":{"name":"group.version","featureLevel":1}}\n',
      );
      expect(out).toContain(
        'payload: Error at 1, skipping. Could not deserialize metadata record due to unknown frame version 111(only frame version 1 is supported)\n',
      );
    }
  });

  test('of the broker itself is read', async () => {
    const { code, out } = await dump(
      '--files',
      `/data/__cluster_metadata-0/${SEGMENT}.log`,
      '--cluster-metadata-decoder',
    );
    expect(code).toBe(0);
    expect(out).toContain('"type":"TOPIC_RECORD"');
  });
});

describe('an index', () => {
  const log = Buffer.concat([batch(0, null, Buffer.from('a')), batch(1, null, Buffer.from('b'))]);
  const secondAt = log.length / 2;

  /** Writes an index with its log beside it. */
  function indexed(extension: string, bytes: Buffer): string {
    const path = write(`${SEGMENT}.log`, log);
    const file = cluster.files.open(path.replace('.log', extension), 'write');
    file.append([bytes]);
    file.close();
    return path.replace('.log', extension);
  }

  function offsetIndex(...entries: readonly (readonly [offset: number, position: number])[]): string {
    const bytes = Buffer.alloc(entries.length * 8);
    for (const [at, [offset, position]] of entries.entries()) {
      bytes.writeInt32BE(offset, at * 8);
      bytes.writeInt32BE(position, at * 8 + 4);
    }
    return indexed('.index', bytes);
  }

  function timeIndex(...entries: readonly (readonly [timestamp: number, offset: number])[]): string {
    const bytes = Buffer.alloc(entries.length * 12);
    for (const [at, [timestamp, offset]] of entries.entries()) {
      bytes.writeBigInt64BE(BigInt(timestamp), at * 12);
      bytes.writeInt32BE(offset, at * 12 + 8);
    }
    return indexed('.timeindex', bytes);
  }

  test('of offsets is shown and compared with its log', async () => {
    const right = offsetIndex([1, secondAt], [0, 0]);
    expect(await dump('--files', right)).toEqual({
      code: 0,
      out: `Dumping ${right}\noffset: 1 position: ${secondAt}\n`,
      err: '',
    });
    const wrong = offsetIndex([5, secondAt]);
    expect(await dump('--files', wrong, '--verify-index-only')).toEqual({
      code: 0,
      out: `Dumping ${wrong}\n`,
      err: `Mismatches in :${wrong}\n  Index offset: 5, log offset: 1\n`,
    });
    const outside = offsetIndex([1, 9999]);
    expect((await dump('--files', outside)).err).toContain('Slice from position 9999 exceeds end position');
    const empty = indexed('.index', Buffer.alloc(0));
    expect((await dump('--files', empty)).out).toBe(`Dumping ${empty}\n${empty} is empty.\n`);
    expect((await dump('--files', right, '--index-sanity-check')).out).toContain('passed sanity check.');
    const cut = indexed('.index', Buffer.alloc(9));
    expect((await dump('--files', cut, '--index-sanity-check')).err).toContain('CorruptIndexException');
  });

  test('of times is shown and compared with its log', async () => {
    const right = timeIndex([1000, 1], [0, 0]);
    expect(await dump('--files', right)).toEqual({
      code: 0,
      out: `Dumping ${right}\ntimestamp: 1000 offset: 1\n`,
      err: '',
    });
    const wrong = timeIndex([1001, 0], [1000, 1], [1002, 9]);
    expect((await dump('--files', wrong, '--verify-index-only')).err.split('\n')).toEqual([
      `Found timestamp mismatch in :${wrong}`,
      '  Index timestamp: 1001, log timestamp: 1000',
      `Found out of order timestamp in :${wrong}`,
      '  Index timestamp: 1000, Previously indexed timestamp: 1001',
      `The following indexed offsets are not found in :${wrong}`,
      'Indexed offset: 9, found log offset: -1',
      '',
    ]);
    const falling = timeIndex([1000, 0], [0, 1]);
    expect((await dump('--files', falling, '--index-sanity-check')).err).toContain(
      'the last timestamp is 0 which is less than the first timestamp 1000',
    );
  });

  test('of aborted transactions is shown', async () => {
    const bytes = Buffer.alloc(34);
    for (const [at, value] of [2n, 7n, 10n, 3n].entries()) bytes.writeBigInt64BE(value, 2 + at * 8);
    const path = write(`${SEGMENT}.txnindex`, bytes);
    expect((await dump('--files', path)).out).toBe(
      `Dumping ${path}\nversion: 0 producerId: 2 firstOffset: 7 lastOffset: 10 lastStableOffset: 3\n`,
    );
  });
});

test('a snapshot of producers is shown, or what is wrong with it', async () => {
  const entry = Buffer.alloc(46);
  entry.writeBigInt64BE(5n, 0);
  entry.writeInt16BE(6, 8);
  entry.writeInt32BE(4, 10);
  entry.writeBigInt64BE(9n, 14);
  entry.writeInt32BE(4, 22);
  entry.writeBigInt64BE(1000n, 26);
  entry.writeInt32BE(0, 34);
  entry.writeBigInt64BE(-1n, 38);
  const bytes = Buffer.concat([Buffer.from([0, 1, 0, 0, 0, 0, 0, 0, 0, 1]), entry]);
  bytes.writeUInt32BE(crc32c(bytes.subarray(6)), 2);
  const path = write('00000000000000000010.snapshot', bytes);
  expect((await dump('--files', path)).out).toBe(
    `Dumping ${path}\nproducerId: 5 producerEpoch: 6 coordinatorEpoch: 0 currentTxnFirstOffset: OptionalLong.empty lastTimestamp: 1000 firstSequence: 0 lastSequence: 4 lastOffset: 9 offsetDelta: 4 timestamp: 1000\n`,
  );
  bytes.writeUInt8(9, 20);
  const broken = write('00000000000000000010.snapshot', bytes);
  expect((await dump('--files', broken)).err).toMatch(/^Snapshot is corrupt \(CRC is no longer valid\)\./);
});

test.each([
  [['--files', '/none/7.log'], 'java.nio.file.NoSuchFileException: /none/7.log\n'],
  [['--files', '/none/x.log'], 'java.lang.NumberFormatException: For input string: "x"\n'],
  [['--files', '/none/what.txt'], 'Ignoring unknown file /none/what.txt\n'],
  [['--print-data-log'], 'Missing required argument "[files]"\n(options)'],
  [
    ['--files', '/a/1.log', '--value-decoder-class', 'what.Decoder'],
    'java.lang.RuntimeException: Failed to load decoder class what.Decoder\n',
  ],
  [['--files', '/a/1.log', '--max-bytes', 'x'], "Cannot parse argument 'x' of option max-bytes\n"],
])('%j is told', async (args, message) => {
  expect((await dump(...args)).err).toBe(message);
});

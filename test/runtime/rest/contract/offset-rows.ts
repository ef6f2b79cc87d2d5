import { deepStrictEqual } from 'node:assert/strict';
import type { ContractApi, ContractRow } from './contract-api.ts';

const altered = '{"message":"The offsets for this connector have been altered successfully"}';
const reset = '{"message":"The offsets for this connector have been reset successfully"}';
const notStopped = (name: string) =>
  'Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the specified ' +
  `connector by issuing a 'PUT' request to the '/connectors/${name}/stop' endpoint`;
const empty = 'Partitions / offsets need to be provided for an alter offsets request';

async function stoppedSink(api: ContractApi) {
  const topic = api.name('topic');
  await api.create(topic, api.source(topic));
  const name = api.name('sink');
  await api.create(name, api.sink(name, topic));
  await api.written(name, 'one\ntwo\nthree\n');
  await api.stopped(name);
  return { name, topic };
}

/** Offsets of sources and sinks (KIP-875). */
export const offsetRows: readonly ContractRow[] = [
  {
    name: 'GET /connectors/{c}/offsets: of a source; 404',
    async run(api) {
      const { name, config } = await api.runningSource();
      const path = `/connectors/${name}/offsets`;
      await api.produced(name);
      await api.stopped(name);
      const { offsets } = JSON.parse(
        (await api.expect('GET', path, 200, /^\{"offsets":\[\{"partition":.*,"offset":/)).text,
      );
      // D3: ours has a fingerprint of the file beside the position.
      deepStrictEqual(
        offsets.map(({ partition, offset }: { partition: unknown; offset: { position: unknown } }) => [
          partition,
          offset.position,
        ]),
        [[{ filename: config['file'] }, 14]],
      );
      await api.refuse('GET', '/connectors/nope/offsets', 404, 'Connector nope not found');
    },
  },
  {
    name: 'PATCH /connectors/{c}/offsets: of a source, only when it is stopped; it goes on from there',
    async run(api) {
      const { name, config } = await api.runningSource();
      const path = `/connectors/${name}/offsets`;
      await api.produced(name);
      const at = (offset: unknown) => ({
        body: { offsets: [{ partition: { filename: config['file'] }, offset }] },
      });
      await api.refuse('PATCH', path, 400, notStopped(name), at({ position: 4 }));
      await api.stopped(name);
      await api.expect('PATCH', path, 200, altered, at({ position: 4 }));
      await api.expect('GET', path, 200, {
        offsets: [{ partition: { filename: config['file'] ?? '' }, offset: { position: 4 } }],
      });
      await api.expect('PATCH', path, 200, altered, at(null));
      await untilGone(api, path);
    },
  },
  {
    name: 'PATCH /connectors/{c}/offsets: 400 without offsets, 404, 500 for what the source refuses',
    async run(api) {
      const { name } = await api.runningSource();
      await api.stopped(name);
      const path = `/connectors/${name}/offsets`;
      for (const body of ['{}', '{"offsets":[]}', '{"offsets":null}'])
        await api.refuse('PATCH', path, 400, empty, { body });
      for (const body of ['', 'null', '[]', '{', '{"offsets":1}', '{"offsets":[1]}', '{"x":1}']) {
        await api.refuse('PATCH', path, 500, /./, { body });
      }
      const entry = (partition: unknown, offset: unknown) => ({ body: { offsets: [{ partition, offset }] } });
      const refused: readonly (readonly [unknown, unknown, string])[] = [
        [{ x: 'y' }, { position: 1 }, "Partition objects should contain the key 'filename'"],
        [{ filename: 'f' }, { x: 1 }, "Offset objects should either be null or contain the key 'position'"],
        [
          { filename: 'f' },
          { position: 'x' },
          "The value for the 'position' key in the offset is expected to be a Long value",
        ],
        [
          { filename: 'f' },
          { position: -1 },
          "The value for the 'position' key in the offset should be a non-negative value",
        ],
      ];
      for (const [partition, offset, message] of refused) {
        await api.refuse('PATCH', path, 500, message, entry(partition, offset));
      }
      await api.refuse(
        'PATCH',
        '/connectors/nope/offsets',
        404,
        'Connector nope not found',
        entry({ a: 1 }, { b: 1 }),
      );
    },
  },
  {
    name: 'DELETE /connectors/{c}/offsets: of a source, only when it is stopped; 404',
    async run(api) {
      const { name } = await api.runningSource();
      const path = `/connectors/${name}/offsets`;
      await api.produced(name);
      await api.refuse('DELETE', path, 400, notStopped(name));
      await api.stopped(name);
      await api.expect('DELETE', path, 200, reset);
      await untilGone(api, path);
      await api.expect('DELETE', path, 200, reset);
      await api.refuse('DELETE', '/connectors/nope/offsets', 404, 'Connector nope not found');
    },
  },
  {
    name: "GET, PATCH and DELETE /connectors/{c}/offsets: of a sink, its group's",
    async run(api) {
      const { name, topic } = await stoppedSink(api);
      const path = `/connectors/${name}/offsets`;
      const at = (offset: unknown, partition: unknown = 0) => ({
        body: { offsets: [{ partition: { kafka_topic: topic, kafka_partition: partition }, offset }] },
      });
      const shown = (offset: number) =>
        `{"offsets":[{"partition":{"kafka_partition":0,"kafka_topic":"${topic}"},"offset":{"kafka_offset":${offset}}}]}`;
      await api.expect('GET', path, 200, shown(3));
      await api.expect('PATCH', path, 200, altered, at({ kafka_offset: 1 }));
      await api.expect('GET', path, 200, shown(1));
      await api.expect('PATCH', path, 200, altered, at({ kafka_offset: '2', z: 1 }, '0'));
      await api.expect('GET', path, 200, shown(2));
      await api.expect('PATCH', path, 200, altered, at(null));
      await api.expect('GET', path, 200, '{"offsets":[]}');
      await api.expect('DELETE', path, 200, reset);
      await api.expect('DELETE', path, 200, reset);
    },
  },
  {
    name: 'PATCH /connectors/{c}/offsets: 400 for what is no offset of a sink, 500 for what its group cannot have',
    async run(api) {
      const { name, topic } = await stoppedSink(api);
      const path = `/connectors/${name}/offsets`;
      const keys =
        "The partition for a sink connector offset must contain the keys 'kafka_topic' and 'kafka_partition'";
      const place = { kafka_topic: topic, kafka_partition: 0 };
      const failed = `Failed to alter consumer group offsets for connector ${name}`;
      const rows: readonly (readonly [unknown, unknown, number, string])[] = [
        [{}, null, 400, keys],
        [{ kafka_topic: topic }, null, 400, keys],
        [{ kafka_partition: 0 }, null, 400, keys],
        [
          null,
          { kafka_offset: 1 },
          400,
          'The partition for a sink connector offset cannot be null or missing',
        ],
        [
          { ...place, kafka_topic: null },
          { kafka_offset: 1 },
          400,
          'Kafka topic names must be valid strings and may not be null',
        ],
        [
          { ...place, kafka_partition: 'x' },
          { kafka_offset: 1 },
          400,
          "Failed to parse the following Kafka partition value in the provided offsets: 'x'. Partition values for sink connectors need to be integers.",
        ],
        [
          place,
          { kafka_offset: 'x' },
          400,
          "Failed to parse the following Kafka offset value in the provided offsets: 'x'. Offset values for sink connectors need to be integers.",
        ],
        [
          place,
          { kafka_offset: 1.5 },
          400,
          "Failed to parse the following Kafka offset value in the provided offsets: '1.5'. Offset values for sink connectors need to be integers.",
        ],
        [
          place,
          {},
          400,
          "The offset for a sink connector should either be null or contain the key 'kafka_offset'",
        ],
        [place, { kafka_offset: -1 }, 500, `Failed to modify offsets for sink connector ${name}`],
        [{ ...place, kafka_partition: 7 }, { kafka_offset: 1 }, 500, failed],
        [{ ...place, kafka_topic: `no-${topic}` }, { kafka_offset: 1 }, 500, failed],
      ];
      for (const [partition, offset, status, message] of rows) {
        await api.refuse('PATCH', path, status, message, { body: { offsets: [{ partition, offset }] } });
      }
    },
  },
];

/** Kafka's worker tells of a source's partition, without an offset, until it has read its own change. */
function untilGone(api: ContractApi, path: string): Promise<void> {
  return api.until('the offsets are gone', path, /^\{"offsets":\[\]\}$/);
}

import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { silentLogger } from '../../../platform/logger.ts';
import { simulatedPlatform } from '../../../platform/simulation/simulated-platform.ts';
import { convertProtocol } from '../../../runtime/cli/commands/protocol.ts';
import { runTool } from './tool-cluster.ts';

const platform = simulatedPlatform('protocol', { logger: silentLogger });
const convert = (args: readonly string[], stdin = '') => runTool(convertProtocol, args, { platform, stdin });

const request =
  '{"name":"ApiVersionsRequest","version":3,"json":{"clientSoftwareName":"x","clientSoftwareVersion":"1"}}';
const encoded = '{"name":"ApiVersionsRequest","version":3,"hex":"0278023100"}';

test('messages are encoded and decoded, a line each', async () => {
  expect(await convert(['encode'], `${request}\n\n${request}\n`)).toEqual({
    code: 0,
    out: `${encoded}\n${encoded}\n`,
    err: '',
  });
  expect(await convert(['decode'], encoded)).toEqual({ code: 0, out: `${request}\n`, err: '' });
});

test('a line that is wrong is told with its number, and the others are done', async () => {
  expect(await convert(['decode'], `${encoded}\nnonsense\n${request}\n${encoded}\n`)).toEqual({
    code: 1,
    out: `${request}\n${request}\n`,
    err: expect.stringMatching(/^stdin:2: .*not JSON.*\nstdin:3: .*"hex" is missing\.\n$/),
  });
});

test('lines come from a file of any size', async () => {
  const file = platform.files.open('/lines.jsonl', 'write');
  const count = 20_000;
  file.append([Buffer.from(`${encoded}\n`.repeat(count))]);
  file.close();
  const { code, out } = await convert(['decode', '/lines.jsonl']);
  expect([code, out.split('\n').length - 1]).toEqual([0, count]);
});

test('record batches are left out as in Kafka, or kept as base64', async () => {
  const batch = Buffer.from('not even a batch');
  const topicData = [{ name: 't', partitionData: [{ index: 0, records: batch.toString('base64') }] }];
  const json = { transactionalId: null, acks: 1, timeoutMs: 5, topicData };
  const { out } = await convert(['encode'], JSON.stringify({ name: 'ProduceRequest', version: 9, json }));
  const records = async (...more: string[]) => {
    const decoded = JSON.parse((await convert(['decode', ...more], out)).out);
    return decoded.json.topicData[0].partitionData[0].records;
  };
  expect(await records()).toBe('');
  expect(await records('--records', 'base64')).toBe(batch.toString('base64'));
});

test.each([
  [[], 'Say what to do'],
  [['translate'], 'Say what to do'],
  [['decode', 'a', 'b'], 'Say what to do'],
  [['decode', '/missing'], '/missing: there is no such file'],
  [['decode', '--records', 'hex'], '--records hex: choose one of empty, base64'],
])('%j is refused', async (args, message) => {
  await expect(convert(args)).rejects.toThrow(message);
});

test('conversion ends when nobody reads any more', async () => {
  async function* endless() {
    for (;;) yield Buffer.from(`${encoded}\n`);
  }
  const stdout = new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
  const ran = await runTool(convertProtocol, ['decode'], { platform, stdin: endless(), stdout });
  expect([ran.code, ran.err]).toEqual([0, '']);
});

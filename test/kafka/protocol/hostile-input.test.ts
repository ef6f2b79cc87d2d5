import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  apis,
  decode,
  decodeExact,
  encodeExact,
  fetchRequest,
  joinGroupRequest,
  type MessageDefinition,
  metadataRequest,
  ProtocolDecodeError,
  requestHeader,
} from '../../../kafka/protocol/index.ts';
import { arbitraryMessage, everyMessageVersion } from './arbitrary.ts';

const all = everyMessageVersion();

test('a message cut off at any byte is a ProtocolDecodeError', () => {
  for (const { definition, version, label } of all) {
    const [value = {}] = fc.sample(arbitraryMessage(definition, version, 'bigint'), { numRuns: 1 });
    const bytes = encodeExact(definition, version, value);
    for (let length = 0; length < Math.min(bytes.length, 120); length++) {
      const cut = bytes.subarray(0, length);
      expect(failure(definition, version, cut), `${label} cut at ${length}`).toBeInstanceOf(
        ProtocolDecodeError,
      );
    }
  }
});

test('random bytes are a message or a ProtocolDecodeError', () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  for (const { definition, version } of all) {
    fc.assert(
      fc.property(bytes, (input) => isMessageOrDecodeError(definition, version, Buffer.from(input))),
      { numRuns: 6 },
    );
  }
});

test('a message with some bytes changed is a message or a ProtocolDecodeError', () => {
  for (const { definition, version } of all) {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const property = fc.property(arbitraryMessage(definition, version, 'bigint'), changes, (value, each) => {
      const bytes = encodeExact(definition, version, value);
      for (const [at, byte] of each) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return isMessageOrDecodeError(definition, version, bytes);
    });
    fc.assert(property, { numRuns: 3 });
  }
});

test('an array longer than its bytes fails before anything is allocated', () => {
  const billion = Buffer.from('7fffffff', 'hex');
  const error = failure(metadataRequest, 1, Buffer.concat([billion, Buffer.alloc(100)]));
  expect(error).toMatchObject({ path: 'topics', offset: 4 });
  expect(String(error)).toContain('an array of 2147483647 does not fit in the 100 bytes left');
});

test('the elements of one message are bounded, however small they are', () => {
  // Topic names of no bytes: two bytes on the wire, an object each in memory.
  const count = 8_388_609;
  const frame = Buffer.alloc(4 + 2 * count);
  frame.writeInt32BE(count);
  expect(String(failure(metadataRequest, 0, frame))).toContain('more than 8388608 array elements');
});

test('an error tells message, version, field and byte', () => {
  const valid = encodeExact(joinGroupRequest, 5, {
    groupId: 'g',
    sessionTimeoutMs: 1,
    rebalanceTimeoutMs: 1,
    memberId: 'm',
    protocolType: 'consumer',
    protocols: [
      { name: 'range', metadata: Buffer.from('abc') },
      { name: 'sticky', metadata: Buffer.from('abc') },
    ],
  });
  const cut = valid.subarray(0, valid.length - 1);
  expect(failure(joinGroupRequest, 5, cut)).toMatchObject({
    name: 'ProtocolDecodeError',
    code: 'KAFKA_PROTOCOL_DECODE',
    path: 'protocols[1].metadata',
    offset: valid.length - 3,
    message: `JoinGroupRequest v5 cannot be decoded: protocols[1].metadata: 3 bytes are needed and 2 are left at byte ${valid.length - 3}.`,
  });
});

test.each([
  ['text that is not UTF-8', '0001 ff 00000001', 'memberId: a string is not valid UTF-8'],
  ['null in a field that is not nullable', 'ffff', 'null where a string is required'],
  ['a string that goes beyond the frame', '7fff 41', '32767 bytes are needed and 1 are left'],
])('%s is an error', (_, hex, text) => {
  const groupId = text.startsWith('memberId') ? '0001 41 00000001' : '';
  const bytes = Buffer.from(`${groupId}${hex}`.replaceAll(' ', ''), 'hex');
  expect(String(failure(heartbeat(), 0, bytes))).toContain(text);
});

test.each([
  ['a varint of more than five bytes', '808080808000', 'a varint has more than 32 bits'],
  ['a varint of more than 32 bits', 'ffffffff1f', 'a varint has more than 32 bits'],
  ['a compact string above 32767 bytes', '818002', 'a string of 32768 bytes is above 32767'],
  ['null where a compact string is required', '00', 'null where a string is required'],
])('%s is an error', (_, hex, text) => {
  expect(String(failure(heartbeat(), 4, Buffer.from(hex, 'hex')))).toContain(text);
});

test.each([
  ['unknown tags are skipped', '02 07 01 ff 09 00', undefined],
  ['a tag that repeats is an error', '02 07 00 07 00', 'tag 7 follows tag 7'],
  ['tags that go down are an error', '02 07 00 03 00', 'tag 3 follows tag 7'],
  ['a tag beyond the frame is an error', '01 07 05 00', '5 bytes are needed and 1 are left'],
  ['more tags than bytes is an error', '7f', 'bytes are needed'],
])('%s', (_, hex, text) => {
  const body = Buffer.from(`02 41 00000001 02 42 00 ${hex}`.replaceAll(' ', ''), 'hex');
  const error = failure(heartbeat(), 4, body);
  if (text === undefined) expect(error).toBeUndefined();
  else expect(String(error)).toContain(text);
});

test('a known tag has to have the size its content has', () => {
  // Fetch v12, all zero or empty, with tag 0 (cluster id "a") one byte too long.
  const head = '00000000 00000000 00000000 00000000 00 00000000 00000000 01 01 01';
  const body = (tags: string) => Buffer.from(`${head} ${tags}`.replaceAll(' ', ''), 'hex');
  expect(decode(fetchRequest, 12, body('01 00 02 02 61')).clusterId).toBe('a');
  expect(String(failure(fetchRequest, 12, body('01 00 03 02 61 00')))).toContain(
    'clusterId: a tagged field has 1 bytes',
  );
  expect(String(failure(fetchRequest, 12, body('01 00 01 02 61')))).toContain(
    'clusterId: 1 bytes are needed and 0',
  );
});

test('bytes left over behind a request or a response are ignored, as Kafka does', () => {
  for (const { request, response } of apis) {
    const { last } = request.versions;
    const bytesOf = (definition: MessageDefinition) => {
      const [value = {}] = fc.sample(arbitraryMessage(definition, last, 'bigint'), { numRuns: 1 });
      return Buffer.concat([encodeExact(definition, last, value), Buffer.from([0])]);
    };
    expect(() => decode(request, last, bytesOf(request)), request.name).not.toThrow();
    expect(() => decode(response, last, bytesOf(response)), response.name).not.toThrow();
  }
});

test('bytes left over are an error behind a header', () => {
  const bytes = Buffer.concat([encodeExact(requestHeader, 2, {}), Buffer.from([0])]);
  expect(() => decode(requestHeader, 2, bytes)).toThrow('1 bytes are left over');
});

test('the work grows with the message, not with its square', () => {
  // At quadratic cost 400 000 topics would take hours; the test only has to come to an end.
  const topics = Array.from({ length: 400_000 }, (_, i) => ({ name: `topic-${i}` }));
  const bytes = encodeExact(metadataRequest, 12, { topics });
  expect(decode(metadataRequest, 12, bytes).topics?.length).toBe(400_000);
});

function heartbeat(): MessageDefinition {
  const api = apis.find(({ name }) => name === 'Heartbeat');
  if (api === undefined) throw new Error('there is no Heartbeat');
  return api.request;
}

function failure(definition: MessageDefinition, version: number, bytes: Buffer): unknown {
  try {
    decodeExact(definition, version, bytes);
    return undefined;
  } catch (error) {
    return error;
  }
}

function isMessageOrDecodeError(definition: MessageDefinition, version: number, bytes: Buffer): boolean {
  const error = failure(definition, version, bytes);
  return error === undefined || error instanceof ProtocolDecodeError;
}

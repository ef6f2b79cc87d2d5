import { expect, test } from 'vitest';
import {
  apis,
  apiVersionsRequest,
  apiVersionsResponse,
  decode,
  decodeRequestHeader,
  decodeResponseHeader,
  encodeRequestFrame,
  encodeResponseFrame,
  fetchResponse,
  heartbeatRequest,
  heartbeatResponse,
  ProtocolDecodeError,
  produceRequest,
  requestHeaderVersion,
  responseHeaderVersion,
  saslHandshakeRequest,
} from '../../../kafka/protocol/index.ts';

const heartbeat = { groupId: 'g', generationId: 1, memberId: 'm' };
const frameOf = (chunks: readonly Buffer[]) => Buffer.concat(chunks);

test.each([3, 4])('a request frame of Heartbeat v%d is read back', (apiVersion) => {
  const header = { apiVersion, correlationId: 77, clientId: 'client' };
  const bytes = frameOf(encodeRequestFrame(heartbeatRequest, header, heartbeat));
  expect(bytes.readInt32BE()).toBe(bytes.length - 4);
  const frame = bytes.subarray(4);
  const { bodyOffset, ...read } = decodeRequestHeader(frame);
  expect(read).toEqual({ apiKey: 12, ...header });
  expect(decode(heartbeatRequest, apiVersion, frame, bodyOffset)).toMatchObject(heartbeat);
});

test('the client id keeps its two-byte length in flexible versions, and may be null', () => {
  const encoded = (clientId: string | null) =>
    frameOf(encodeRequestFrame(heartbeatRequest, { apiVersion: 4, correlationId: 1, clientId }, heartbeat));
  expect(encoded('ab').toString('hex').slice(8)).toBe('000c0004000000010002616200' + '026700000001026d0000');
  const nothing = encoded(null).subarray(4);
  expect(decodeRequestHeader(nothing)).toMatchObject({ clientId: null, bodyOffset: 11 });
});

test('tagged fields in a request header are skipped', () => {
  const frame = Buffer.from('000c000400000001ffff 01 05 02 0000 02670000'.replaceAll(' ', ''), 'hex');
  expect(decodeRequestHeader(frame).bodyOffset).toBe(15);
});

test('the header of an unknown API or version is still read', () => {
  const unknown = Buffer.from('03e7 0007 0000002a 0002 6869'.replaceAll(' ', ''), 'hex');
  expect(decodeRequestHeader(unknown)).toMatchObject({
    apiKey: 999,
    apiVersion: 7,
    correlationId: 42,
    clientId: 'hi',
  });
  const negative = Buffer.from('ffff ffff 0000002a ffff'.replaceAll(' ', ''), 'hex');
  expect(decodeRequestHeader(negative)).toMatchObject({ apiKey: -1, apiVersion: -1, clientId: null });
});

test('an ApiVersions request of a version to come has a header v2', () => {
  const frame = Buffer.from('0012 0063 00000007 0001 61 00 ffff'.replaceAll(' ', ''), 'hex');
  expect(decodeRequestHeader(frame)).toEqual({
    apiKey: apiVersionsRequest.apiKey,
    apiVersion: 99,
    correlationId: 7,
    clientId: 'a',
    bodyOffset: 12,
  });
});

test('a frame too short for a header is a ProtocolDecodeError', () => {
  const frame = Buffer.from('000c000400000001000261620000', 'hex');
  for (let length = 0; length < 13; length++) {
    expect(() => decodeRequestHeader(frame.subarray(0, length)), `${length} bytes`).toThrow(
      ProtocolDecodeError,
    );
  }
});

test('the response to ApiVersions has header v0 at every version', () => {
  for (const apiVersion of [0, 3, 4]) {
    expect(responseHeaderVersion(apiVersionsResponse, apiVersion)).toBe(0);
    const body = { errorCode: 0, apiKeys: [] };
    const bytes = frameOf(encodeResponseFrame(apiVersionsResponse, { apiVersion, correlationId: 9 }, body));
    expect(bytes.readInt32BE()).toBe(bytes.length - 4);
    const frame = bytes.subarray(4);
    expect(decodeResponseHeader(apiVersionsResponse, apiVersion, frame)).toEqual({
      correlationId: 9,
      bodyOffset: 4,
    });
    expect(decode(apiVersionsResponse, apiVersion, frame, 4).errorCode).toBe(0);
  }
});

test('other responses have header v1 from their first flexible version on', () => {
  const bodyOffset = (apiVersion: number) => {
    const header = { apiVersion, correlationId: 3 };
    const frame = frameOf(encodeResponseFrame(heartbeatResponse, header, { errorCode: 27 })).subarray(4);
    const read = decodeResponseHeader(heartbeatResponse, apiVersion, frame);
    expect(decode(heartbeatResponse, apiVersion, frame, read.bodyOffset).errorCode).toBe(27);
    return read.bodyOffset;
  };
  expect([3, 4].map(bodyOffset)).toEqual([4, 5]);
});

test('header versions follow the flexible versions of each API', () => {
  expect([8, 9].map((version) => requestHeaderVersion(produceRequest, version))).toEqual([1, 2]);
  expect([0, 1].map((version) => requestHeaderVersion(saslHandshakeRequest, version))).toEqual([1, 1]);
  for (const { request, response } of apis) {
    expect(response.versions, request.name).toEqual(request.versions);
    expect(response.flexibleVersions, request.name).toEqual(request.flexibleVersions);
  }
});

test('a large batch goes into a response frame without being copied', () => {
  const records = Buffer.alloc(10_000, 1);
  const chunks = encodeResponseFrame(
    fetchResponse,
    { apiVersion: 12, correlationId: 1 },
    {
      sessionId: 0,
      responses: [
        { topic: 't', partitions: [{ partitionIndex: 0, errorCode: 0, highWatermark: 1, records }] },
      ],
    },
  );
  expect(chunks).toContain(records);
  expect(chunks[0]?.readInt32BE()).toBe(frameOf(chunks).length - 4);
});

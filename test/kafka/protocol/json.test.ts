import { describe, expect, test } from 'vitest';
import {
  alterClientQuotasRequest,
  decodeExact,
  decodeLine,
  encodeExact,
  encodeLine,
  fetchRequest,
  fromJson,
  initProducerIdResponse,
  parseJson,
  produceRequest,
  toJson,
} from '../../../kafka/protocol/index.ts';

const producer = { throttleTimeMs: 0, errorCode: 0, producerId: 9223372036854775807n, producerEpoch: 1 };

describe('the JSON form', () => {
  test('carries every digit of an int64', () => {
    const text = JSON.stringify(toJson(initProducerIdResponse, 0, producer));
    expect(text).toBe(
      '{"throttleTimeMs":0,"errorCode":0,"producerId":9223372036854775807,"producerEpoch":1}',
    );
    expect(fromJson(initProducerIdResponse, 0, parseJson(text))).toMatchObject({
      producerId: 9223372036854775807n,
    });
  });

  test('takes typed values too', () => {
    expect(JSON.stringify(toJson(initProducerIdResponse, 0, { ...producer, producerId: 5 }))).toContain(
      '"producerId":5,',
    );
  });

  test.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1.5, '1.5'],
    [1e10, '1.0E10'],
    [1.25e-7, '1.25E-7'],
    [9_999_999, '9999999.0'],
    [10_000_000, '1.0E7'],
    [0.001, '0.001'],
    [Number.NaN, '"NaN"'],
    [Number.NEGATIVE_INFINITY, '"-Infinity"'],
  ])('writes the double %d as %s and reads it back', (value, text) => {
    const request = {
      entries: [{ entity: [], ops: [{ key: 'k', value, remove: false }] }],
      validateOnly: false,
    };
    const json = JSON.stringify(toJson(alterClientQuotasRequest, 1, request));
    expect(json).toContain(`"value":${text},`);
    const read = fromJson(alterClientQuotasRequest, 1, parseJson(json));
    expect(read).toEqual(request);
  });

  test('leaves out tagged fields at their default and fields of other versions', () => {
    const value = decodeExact(
      fetchRequest,
      18,
      encodeExact(fetchRequest, 18, {
        maxWaitMs: 1,
        minBytes: 2,
        topics: [{ partitions: [{ partition: 0, fetchOffset: 3n, partitionMaxBytes: 4 }] }],
      }),
    ) as object;
    expect(JSON.parse(JSON.stringify(toJson(fetchRequest, 18, value)))).toEqual({
      maxWaitMs: 1,
      minBytes: 2,
      maxBytes: 2147483647,
      isolationLevel: 0,
      sessionId: 0,
      sessionEpoch: -1,
      topics: [
        {
          topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
          partitions: [
            {
              partition: 0,
              currentLeaderEpoch: -1,
              fetchOffset: 3,
              lastFetchedEpoch: -1,
              logStartOffset: -1,
              partitionMaxBytes: 4,
            },
          ],
        },
      ],
      forgottenTopicsData: [],
      rackId: '',
    });
  });

  test('leaves the bytes of records out, as Kafka does, unless they are asked for', () => {
    const records = Buffer.from('abc');
    const request = { transactionalId: null, acks: 1, timeoutMs: 1, topicData: [] };
    const withRecords = (bytes: Buffer | null) => ({
      ...request,
      topicData: [{ name: 't', partitionData: [{ index: 0, records: bytes }] }],
    });
    const text = (bytes: Buffer | null, form?: 'base64') =>
      JSON.stringify(
        toJson(produceRequest, 9, withRecords(bytes), form === undefined ? {} : { records: form }),
      );
    expect(text(records)).toContain('"records":""');
    expect(text(records, 'base64')).toContain('"records":"YWJj"');
    expect(text(null)).toContain('"records":null');
    expect(fromJson(produceRequest, 9, parseJson(text(records, 'base64')))).toMatchObject(
      withRecords(records),
    );
  });
});

describe('JSON that is not the form of a message', () => {
  const valid = { throttleTimeMs: 0, errorCode: 0, producerId: 1, producerEpoch: 1 };
  test.each([
    ['a missing field', { ...valid, producerId: undefined }, 'producerId has to be an integer'],
    ['a field too many', { ...valid, extra: 1 }, 'extra is not a field of version 0'],
    ['null', { ...valid, errorCode: null }, 'errorCode may not be null in version 0'],
    ['text for a number', { ...valid, errorCode: '1' }, 'errorCode has to be an int16'],
    ['a fraction', { ...valid, errorCode: 1.5 }, 'errorCode has to be an int16'],
    [
      'an integer that lost digits',
      { ...valid, producerId: 2 ** 60 },
      'producerId has to be an integer of 64 bits',
    ],
    ['an array', [], 'The message has to be an object'],
  ])('%s is a ProtocolJsonError that names the field', (_, json, text) => {
    expect(() => fromJson(initProducerIdResponse, 0, json)).toThrow(text);
  });

  test('a field left out is named with its path', () => {
    const json = { entries: [{ entity: [], ops: [{ key: 'k', value: 1 }] }], validateOnly: false };
    expect(() => fromJson(alterClientQuotasRequest, 1, json)).toThrow('entries[0].ops[0].remove is missing.');
  });

  test('base64 is checked', () => {
    const partitionData = [{ index: 0, records: 'a*==' }];
    const json = { transactionalId: null, acks: 1, timeoutMs: 1, topicData: [{ name: 't', partitionData }] };
    expect(() => fromJson(produceRequest, 9, json)).toThrow(
      'topicData[0].partitionData[0].records has to be a string of base64.',
    );
  });
});

describe('lines', () => {
  const hex = '000000000000' + '7fffffffffffffff' + '0001';
  const line = `{"name":"InitProducerIdResponse","version":0,"hex":"${hex}"}`;
  const json = '{"throttleTimeMs":0,"errorCode":0,"producerId":9223372036854775807,"producerEpoch":1}';

  test('are decoded and encoded without losing digits', () => {
    const decoded = decodeLine(line);
    expect(decoded).toBe(`{"name":"InitProducerIdResponse","version":0,"json":${json}}`);
    expect(encodeLine(decoded)).toBe(line);
  });

  test('keep their other members', () => {
    const numbered = `{"id":12345678901234567890,"name":"InitProducerIdResponse","version":0,"hex":"${hex}"}`;
    expect(decodeLine(numbered)).toContain('"id":12345678901234567890');
  });

  test('with records can be decoded without loss', () => {
    const request =
      '{"name":"ProduceRequest","version":9,"hex":"00000100000001020274020000000004616263000000"}';
    expect(decodeLine(request)).toContain('"records":""');
    expect(encodeLine(decodeLine(request, { records: 'base64' }))).toBe(request);
  });

  test.each([
    ['no JSON', 'hello', 'it is not JSON'],
    ['an empty line', '', 'it is not JSON'],
    ['an array', '[]', 'it is not a JSON object'],
    ['an unknown message', '{"name":"Foo","version":0,"hex":""}', 'there is no message named "Foo"'],
    ['no name', '{"version":0,"hex":""}', 'there is no message named what "name" says'],
    ['no version', '{"name":"VoteRequest","hex":""}', '"version" has to be a number'],
    ['an unknown version', '{"name":"VoteRequest","version":9,"hex":""}', 'VoteRequest v9 cannot be used'],
    ['no hex', '{"name":"VoteRequest","version":0}', '"hex" is missing'],
    ['odd hex', '{"name":"VoteRequest","version":0,"hex":"abc"}', '"hex" has to be a string of pairs'],
    ['wrong hex', '{"name":"VoteRequest","version":0,"hex":"zz"}', '"hex" has to be a string of pairs'],
    [
      'bytes cut off',
      line.replace('0001"', '00"'),
      'producerEpoch: 2 bytes are needed and 1 are left at byte 14',
    ],
    ['bytes left over', line.replace('0001"', '000100"'), '1 bytes are left over at byte 16'],
  ])('%s in decodeLine is an error that says so', (_, bad, text) => {
    expect(() => decodeLine(bad)).toThrow(text);
    expect(() => decodeLine(bad)).toThrow(expect.objectContaining({ code: 'KAFKA_PROTOCOL_LINE' }));
  });

  test.each([
    ['no json', line, '"json" is missing'],
    [
      'json of another kind',
      '{"name":"VoteRequest","version":0,"json":5}',
      'The message has to be an object',
    ],
    [
      'a number out of range',
      decodeLine(line).replace('"errorCode":0', '"errorCode":40000'),
      '40000 is not an int16',
    ],
    [
      'an int64 out of range',
      decodeLine(line).replace('5807', '5808'),
      '9223372036854775808 is not an int64',
    ],
  ])('%s in encodeLine is an error that says so', (_, bad, text) => {
    expect(() => encodeLine(bad)).toThrow(text);
  });
});

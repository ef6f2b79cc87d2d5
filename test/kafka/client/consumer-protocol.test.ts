import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../../../kafka/client/group/consumer-protocol.ts';

const subscription = {
  topics: ['a', 'b'],
  userData: Buffer.from([1, 2]),
  ownedPartitions: [
    { topic: 'a', partition: 0 },
    { topic: 'a', partition: 3 },
  ],
  generationId: 5,
  rackId: 'r1',
};

describe('a subscription', () => {
  test('comes back as it was written', () => {
    expect(decodeSubscription(encodeSubscription(subscription))).toEqual(subscription);
  });

  test('has the bytes that Java writes', () => {
    const bytes = encodeSubscription({
      topics: ['t'],
      userData: null,
      ownedPartitions: [],
      generationId: -1,
      rackId: undefined,
    });
    expect(bytes.toString('hex')).toBe(
      '0003' + '00000001' + '000174' + 'ffffffff' + '00000000' + 'ffffffff' + 'ffff',
    );
  });

  test('of version 0 has topics and user data only', () => {
    const bytes = Buffer.from('0000' + '00000001' + '000174' + '00000002' + '0102', 'hex');
    expect(decodeSubscription(bytes)).toEqual({
      topics: ['t'],
      userData: Buffer.from([1, 2]),
      ownedPartitions: [],
      generationId: -1,
      rackId: undefined,
    });
  });

  test('of a version to come is read as far as it is known', () => {
    const bytes = Buffer.concat([encodeSubscription(subscription), Buffer.from([7, 7, 7])]);
    bytes.writeInt16BE(9, 0);
    expect(decodeSubscription(bytes)).toEqual(subscription);
  });

  test('that is cut off anywhere is an error, and never a crash', () => {
    const bytes = encodeSubscription(subscription);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeSubscription(bytes.subarray(0, length))).toThrow(
        expect.objectContaining({ name: 'ProtocolDecodeError' }),
      );
    }
  });
});

describe('an assignment', () => {
  test('comes back as it was written, topic by topic', () => {
    const partitions = fc.array(fc.record({ topic: fc.constantFrom('a', 'b'), partition: fc.nat() }));
    fc.assert(
      fc.property(partitions, (list) => {
        const byTopic = list.toSorted((x, y) => (x.topic < y.topic ? -1 : x.topic > y.topic ? 1 : 0));
        expect(decodeAssignment(encodeAssignment(byTopic))).toEqual(byTopic);
      }),
    );
  });

  test('of no bytes is no partition', () => {
    expect(decodeAssignment(Buffer.alloc(0))).toEqual([]);
  });
});

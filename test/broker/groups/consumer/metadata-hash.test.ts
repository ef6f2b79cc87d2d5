import { expect, test } from 'vitest';
import { MetadataHashes } from '../../../../broker/groups/consumer/metadata-hash.ts';
import { xxh3 } from '../../../../broker/groups/consumer/xxh3.ts';
import { MemoryTopics } from '../group-fixture.ts';

/** Of bytes i * 31 + 7, by the hash4j library that Kafka uses: one length for each way the hash is computed. */
test.each([
  [0, 3244421341483603138n],
  [1, 5502495245947142431n],
  [3, 1582743943441612892n],
  [4, 15897727546751563449n],
  [8, 16052704444545341486n],
  [9, 14691748285104259005n],
  [16, 9099606716676871632n],
  [17, 2345212530088924167n],
  [64, 15938362409982048069n],
  [65, 18064900749750750752n],
  [128, 17954568492486910600n],
  [129, 17939920976028066042n],
  [240, 14755823527060053763n],
  [241, 809349449570470400n],
  [1024, 2575082683865311686n],
  [1025, 13880058576091512194n],
  [1088, 11631581122726222405n],
  [5000, 6169931020318013678n],
])('%i bytes have the XXH3 hash %i', (length, hash) => {
  const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 31 + 7) & 0xff));
  expect(xxh3(bytes)).toBe(hash);
});

/** Also by hash4j, called as Kafka 4.3 calls it. */
const id = Buffer.from('01020304050607081112131415161718', 'hex').toString('base64url');

/** The hash of a group with one topic is the hash of that topic's hash. */
function groupHashOf(...topics: readonly bigint[]): bigint {
  const bytes = Buffer.alloc(8 * topics.length);
  for (const [index, hash] of topics.entries()) bytes.writeBigInt64LE(hash, 8 * index);
  return BigInt.asIntN(64, xxh3(bytes));
}

test.each([
  [1, [], 6313709009512124687n],
  [4, ['rack-b', 'rack-a'], 5953976043585017661n],
  [50, [], 8232781605599090867n],
])('the hash of a topic with %i partitions on the racks %j is that of Kafka', (count, racks, hash) => {
  const topics = new MemoryTopics();
  topics.create('orders', count, id);
  topics.racks = racks;
  expect(new MetadataHashes(topics).of(['orders', 'missing'])).toBe(groupHashOf(hash));
});

test('topics are hashed in the order of their names; none at all is 0', () => {
  const topics = new MemoryTopics({ b: 1, a: 2 });
  const hashes = new MetadataHashes(topics);
  expect(hashes.of(['b', 'a'])).toBe(hashes.of(['a', 'b']));
  expect(hashes.of(['missing'])).toBe(0n);
  expect(groupHashOf(123n, -456n)).toBe(7996115216154285533n);
});

test('a change of the topics changes the hash', () => {
  const topics = new MemoryTopics({ a: 1 });
  const hashes = new MetadataHashes(topics);
  const before = hashes.of(['a']);
  topics.grow('a', 2);
  expect(hashes.of(['a'])).not.toBe(before);
});

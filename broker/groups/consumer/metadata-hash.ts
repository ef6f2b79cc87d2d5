import type { GroupTopics } from '../ports.ts';
import { xxh3 } from './xxh3.ts';

/** The first byte of what is hashed: which version of the rules it follows. */
const RULES_VERSION = 0;

/**
 * Hashes of topics as Kafka 4.1 and later store them (KIP-1101): whatever members have to hear about a topic changes
 * its hash. Each topic is hashed once per version of the topics.
 */
export class MetadataHashes {
  readonly #topics: GroupTopics;
  readonly #hashes = new Map<string, bigint>();
  #version = -1;

  constructor(topics: GroupTopics) {
    this.#topics = topics;
  }

  /** The signed 64-bit hash of the topics of these names that exist; 0 for none. */
  of(names: Iterable<string>): bigint {
    const existing = [...names].filter((name) => this.#topics.topicId(name) !== undefined).sort();
    if (existing.length === 0) return 0n;
    return signed(xxh3(Buffer.concat(existing.map((name) => int64(this.#topic(name))))));
  }

  #topic(name: string): bigint {
    if (this.#version !== this.#topics.version) {
      this.#version = this.#topics.version;
      this.#hashes.clear();
    }
    const known = this.#hashes.get(name);
    if (known !== undefined) return known;
    const hash = signed(xxh3(describe(name, this.#topics)));
    this.#hashes.set(name, hash);
    return hash;
  }
}

function describe(name: string, topics: GroupTopics): Buffer {
  const count = topics.partitionCount(name);
  const id = Buffer.from(topics.topicId(name) ?? '', 'base64url');
  const parts = [Buffer.of(RULES_VERSION), reversed(id.subarray(0, 8)), reversed(id.subarray(8)), text(name)];
  parts.push(int32(count));
  for (let partition = 0; partition < count; partition += 1) {
    parts.push(int32(partition));
    for (const rack of [...topics.partitionRacks(name, partition)].sort()) {
      parts.push(int32(rack.length), text(rack));
    }
  }
  return Buffer.concat(parts);
}

function signed(hash: bigint): bigint {
  return BigInt.asIntN(64, hash);
}

/** UTF-16, and how many units it was. */
function text(value: string): Buffer {
  return Buffer.concat([Buffer.from(value, 'utf16le'), int32(value.length)]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

/** Halves of a UUID are hashed as numbers, low byte first. */
function reversed(bytes: Buffer): Buffer {
  return Buffer.from(bytes).reverse();
}

/**
 * XXH3 with 64 bits and seed 0: the hash that Kafka takes of a topic's metadata. For cold paths: it works on bigints.
 * Gives an unsigned 64-bit value. Source: the XXH3 specification.
 */
export function xxh3(input: Uint8Array): bigint {
  const view = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  if (view.length <= 16) return hashUpTo16(view);
  if (view.length <= 128) return hashUpTo128(view);
  if (view.length <= 240) return hashUpTo240(view);
  return hashLong(view);
}

const MASK = 0xffff_ffff_ffff_ffffn;
const PRIME32_1 = 0x9e37_79b1n;
const PRIME32_2 = 0x85eb_ca77n;
const PRIME32_3 = 0xc2b2_ae3dn;
const PRIME64_1 = 0x9e37_79b1_85eb_ca87n;
const PRIME64_2 = 0xc2b2_ae3d_27d4_eb4fn;
const PRIME64_3 = 0x1656_67b1_9e37_79f9n;
const PRIME64_4 = 0x85eb_ca77_c2b2_ae63n;
const PRIME64_5 = 0x27d4_eb2f_1656_67c5n;
const PRIME_MX1 = 0x1656_6791_9e37_79f9n;
const PRIME_MX2 = 0x9fb2_1c65_1e98_df25n;

const SECRET = Buffer.from(
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221' +
    'b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8' +
    'a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb' +
    '170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
  'hex',
);

const STRIPE_BYTES = 64;
const SECRET_STEP = 8;
const STRIPES_PER_BLOCK = (SECRET.length - STRIPE_BYTES) / SECRET_STEP;

function hashUpTo16(input: Buffer): bigint {
  const { length } = input;
  if (length > 8) {
    const low = input.readBigUInt64LE(0) ^ secret(24) ^ secret(32);
    const high = input.readBigUInt64LE(length - 8) ^ secret(40) ^ secret(48);
    return avalanche((BigInt(length) + swap64(low) + high + foldedProduct(low, high)) & MASK);
  }
  if (length >= 4) {
    const first = BigInt(input.readUInt32LE(0));
    const last = BigInt(input.readUInt32LE(length - 4));
    return rrmxmx((last + (first << 32n)) ^ secret(8) ^ secret(16), BigInt(length));
  }
  if (length > 0) {
    const byte = (index: number) => BigInt(input[index] ?? 0);
    const middle = byte(length >> 1);
    const combined = (byte(0) << 16n) | (middle << 24n) | byte(length - 1) | (BigInt(length) << 8n);
    const key = BigInt(SECRET.readUInt32LE(0) ^ SECRET.readUInt32LE(4)) & 0xffff_ffffn;
    return xxh64Avalanche(combined ^ key);
  }
  return xxh64Avalanche(secret(56) ^ secret(64));
}

function hashUpTo128(input: Buffer): bigint {
  const { length } = input;
  let sum = BigInt(length) * PRIME64_1;
  for (let pair = Math.floor((length - 1) / 32); pair >= 0; pair -= 1) {
    sum += mix16(input, pair * 16, pair * 32);
    sum += mix16(input, length - 16 * (pair + 1), pair * 32 + 16);
  }
  return avalanche(sum & MASK);
}

function hashUpTo240(input: Buffer): bigint {
  const { length } = input;
  let sum = BigInt(length) * PRIME64_1;
  for (let round = 0; round < 8; round += 1) sum += mix16(input, round * 16, round * 16);
  sum = avalanche(sum & MASK);
  for (let round = 8; round < Math.floor(length / 16); round += 1) {
    sum += mix16(input, round * 16, (round - 8) * 16 + 3);
  }
  sum += mix16(input, length - 16, 136 - 17);
  return avalanche(sum & MASK);
}

function hashLong(input: Buffer): bigint {
  const lanes = [PRIME32_3, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, PRIME32_2, PRIME64_5, PRIME32_1];
  const blockBytes = STRIPE_BYTES * STRIPES_PER_BLOCK;
  const blocks = Math.floor((input.length - 1) / blockBytes);
  for (let block = 0; block < blocks; block += 1) {
    accumulate(lanes, input, block * blockBytes, STRIPES_PER_BLOCK);
    scramble(lanes);
  }
  const rest = Math.floor((input.length - 1 - blocks * blockBytes) / STRIPE_BYTES);
  accumulate(lanes, input, blocks * blockBytes, rest);
  accumulateStripe(lanes, input, input.length - STRIPE_BYTES, SECRET.length - STRIPE_BYTES - 7);
  return mergeLanes(lanes, 11, (BigInt(input.length) * PRIME64_1) & MASK);
}

function accumulate(lanes: bigint[], input: Buffer, from: number, stripes: number): void {
  for (let stripe = 0; stripe < stripes; stripe += 1) {
    accumulateStripe(lanes, input, from + stripe * STRIPE_BYTES, stripe * SECRET_STEP);
  }
}

function accumulateStripe(lanes: bigint[], input: Buffer, at: number, secretAt: number): void {
  for (let lane = 0; lane < 8; lane += 1) {
    const value = input.readBigUInt64LE(at + lane * 8);
    const keyed = value ^ secret(secretAt + lane * 8);
    lanes[lane ^ 1] = ((lanes[lane ^ 1] ?? 0n) + value) & MASK;
    lanes[lane] = ((lanes[lane] ?? 0n) + (keyed & 0xffff_ffffn) * (keyed >> 32n)) & MASK;
  }
}

function scramble(lanes: bigint[]): void {
  for (let lane = 0; lane < 8; lane += 1) {
    const value = lanes[lane] ?? 0n;
    const mixed = value ^ (value >> 47n) ^ secret(SECRET.length - STRIPE_BYTES + lane * 8);
    lanes[lane] = (mixed * PRIME32_1) & MASK;
  }
}

function mergeLanes(lanes: readonly bigint[], secretAt: number, start: bigint): bigint {
  let sum = start;
  for (let pair = 0; pair < 4; pair += 1) {
    const low = (lanes[pair * 2] ?? 0n) ^ secret(secretAt + pair * 16);
    const high = (lanes[pair * 2 + 1] ?? 0n) ^ secret(secretAt + pair * 16 + 8);
    sum += foldedProduct(low, high);
  }
  return avalanche(sum & MASK);
}

function mix16(input: Buffer, at: number, secretAt: number): bigint {
  const low = input.readBigUInt64LE(at) ^ secret(secretAt);
  const high = input.readBigUInt64LE(at + 8) ^ secret(secretAt + 8);
  return foldedProduct(low, high);
}

function foldedProduct(a: bigint, b: bigint): bigint {
  const product = a * b;
  return (product & MASK) ^ (product >> 64n);
}

function avalanche(hash: bigint): bigint {
  const mixed = ((hash ^ (hash >> 37n)) * PRIME_MX1) & MASK;
  return mixed ^ (mixed >> 32n);
}

function xxh64Avalanche(hash: bigint): bigint {
  let mixed = ((hash ^ (hash >> 33n)) * PRIME64_2) & MASK;
  mixed = ((mixed ^ (mixed >> 29n)) * PRIME64_3) & MASK;
  return mixed ^ (mixed >> 32n);
}

function rrmxmx(value: bigint, length: bigint): bigint {
  let mixed = value ^ rotateLeft(value, 49n) ^ rotateLeft(value, 24n);
  mixed = (mixed * PRIME_MX2) & MASK;
  mixed ^= (mixed >> 35n) + length;
  mixed = (mixed * PRIME_MX2) & MASK;
  return mixed ^ (mixed >> 28n);
}

function rotateLeft(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK;
}

function swap64(value: bigint): bigint {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64LE(value);
  return bytes.readBigUInt64BE();
}

function secret(at: number): bigint {
  return SECRET.readBigUInt64LE(at);
}

import { expect, test } from 'vitest';
import type { Entropy } from '../../platform/entropy.ts';
import { randomUuid } from '../../platform/uuid.ts';

/** What every {@link Entropy} has to do. The bounds on chance are more than ten standard deviations wide. */
export function entropyContract(create: () => Entropy): void {
  test('u32 gives unsigned 32-bit integers in which every bit is set half of the time', () => {
    const entropy = create();
    const counts = new Array<number>(32).fill(0);
    for (let draw = 0; draw < 4096; draw++) {
      const value = entropy.u32();
      expect(value >>> 0).toBe(value);
      for (let bit = 0; bit < 32; bit++) counts[bit] = (counts[bit] ?? 0) + ((value >>> bit) & 1);
    }
    for (const count of counts) expect(Math.abs(count - 2048)).toBeLessThan(400);
  });

  test('fill writes every byte of the target and nothing beside it', () => {
    const entropy = create();
    const memory = new Uint8Array(1024 + 7);
    const target = memory.subarray(3, 1024);
    const touched = new Set<number>();
    for (let round = 0; round < 8; round++) {
      entropy.fill(target);
      for (const [index, byte] of target.entries()) if (byte !== 0) touched.add(index);
    }
    expect(touched.size).toBe(target.length);
    expect([...memory.subarray(0, 3), ...memory.subarray(1024)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(new Set(target).size).toBeGreaterThan(150);
  });

  test('fill takes an empty target', () => {
    expect(() => create().fill(new Uint8Array(0))).not.toThrow();
  });

  test('draws do not repeat', () => {
    const entropy = create();
    const drawn = new Set(Array.from({ length: 1000 }, () => entropy.u32()));
    expect(drawn.size).toBeGreaterThan(990);
  });

  test('uuids are version 4 in 22 url-safe characters, and no command line takes one for an option', () => {
    const entropy = create();
    const uuids = new Set<string>();
    for (let draw = 0; draw < 2000; draw++) {
      const uuid = randomUuid(entropy);
      expect(uuid).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
      const bytes = Buffer.from(uuid, 'base64url');
      expect([bytes.length, (bytes[6] ?? 0) >> 4, (bytes[8] ?? 0) >> 6]).toEqual([16, 4, 2]);
      uuids.add(uuid);
    }
    expect(uuids.size).toBe(2000);
  });
}

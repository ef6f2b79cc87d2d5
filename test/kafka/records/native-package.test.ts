import { expect, test } from 'vitest';
import { NativePackage } from '../../../kafka/records/compression/native-package.ts';
import { UnsupportedCodecError } from '../../../kafka/records/index.ts';

test('a package is loaded once, at its first use', () => {
  let loads = 0;
  const identity = (bytes: Buffer): Buffer => bytes;
  const native = new NativePackage(() => {
    loads += 1;
    return { compress: identity, decompress: identity };
  });
  expect(loads).toBe(0);
  expect(native.get()).toBe(native.demand('lz4'));
  expect(loads).toBe(1);
});

test('a package without a binary for this platform is missing for reading and an error for writing', () => {
  let loads = 0;
  const native = new NativePackage((require) => {
    loads += 1;
    return require('./no-such-package');
  });
  expect(native.get()).toBeUndefined();
  expect(() => native.demand('snappy')).toThrow(UnsupportedCodecError);
  expect(() => native.demand('snappy')).toThrow(/choose gzip or zstd/);
  expect(loads).toBe(1);
});

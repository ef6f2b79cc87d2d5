import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sink } from '../../connectors/file/index.ts';
import { requirePluginConfig, type SourceRecord, schemas } from '../../runtime/plugin/index.ts';
import { batchOf, contextOf, openSink, sinkRecords, temporaryFolder } from './harness.ts';

const values = (...items: unknown[]): SourceRecord[] => items.map((value) => ({ value: value as string }));

test('text and bytes are lines as they are, everything else is JSON', async () => {
  const file = join(temporaryFolder(), 'deep', 'out.txt');
  const output = await openSink(sink, { file });
  const day = { valueSchema: schemas.date(), value: new Date(0) };
  const records = [...values('plain "text"', Buffer.from('bytes'), { a: 1n }, null, 1.5), day];
  await output.write(batchOf(sinkRecords(records)));
  await output.flush();
  expect(readFileSync(file, 'utf8')).toBe('plain "text"\nbytes\n{"a":1}\nnull\n1.5\n"1970-01-01"\n');
});

test('lines are appended to what is there', async () => {
  const file = join(temporaryFolder(), 'out.txt');
  for (const value of ['a', 'b']) {
    const output = await openSink(sink, { file });
    await output.write(batchOf(sinkRecords(values(value))));
    await output.close();
  }
  expect(readFileSync(file, 'utf8')).toBe('a\nb\n');
});

test('a line that a crash left unfinished is ended before the next one', async () => {
  const file = join(temporaryFolder(), 'out.txt');
  writeFileSync(file, 'whole\nhal');
  const output = await openSink(sink, { file });
  await output.write(batchOf(sinkRecords(values('half'))));
  expect(readFileSync(file, 'utf8')).toBe('whole\nhal\nhalf\n');
});

test('a full disk is tried again', async () => {
  const output = await openSink(sink, { file: '/dev/full' });
  await expect(output.write(batchOf(sinkRecords(values('x'))))).rejects.toThrow(
    expect.objectContaining({ code: 'CONNECT_RETRIABLE', message: expect.stringMatching(/ENOSPC/) }),
  );
});

test('a device that cannot be synced is no error', async () => {
  const output = await openSink(sink, { file: '/dev/null' });
  await output.write(batchOf(sinkRecords(values('x'))));
  await expect(output.flush()).resolves.toBeUndefined();
});

test('check tells whether the file can be written', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'taken'));
  const check = (file: string) => sink.check?.(requirePluginConfig(sink, { file }), contextOf());
  await check(join(folder, 'new', 'out.txt'));
  await expect(check(join(folder, 'taken'))).rejects.toThrow(/EISDIR/);
});

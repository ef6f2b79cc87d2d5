import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFileAtomically } from '../../platform/atomic-write.ts';
import type { File, Files, OpenMode } from '../../platform/files.ts';

interface FilesUnderTest {
  readonly files: Files;
  /** An empty directory. */
  readonly root: string;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** What every {@link Files} has to do. */
export function filesContract(create: () => FilesUnderTest): void {
  let files: Files;
  let root: string;
  let opened: File[];

  beforeEach(() => {
    ({ files, root } = create());
    opened = [];
  });

  afterEach(() => {
    for (const file of opened) file.close();
  });

  const at = (name: string): string => `${root}/${name}`;

  function open(name: string, mode: OpenMode): File {
    const file = files.open(at(name), mode);
    opened.push(file);
    return file;
  }

  function put(name: string, content: string): void {
    const file = open(name, 'write');
    file.truncate(0);
    file.append([Buffer.from(content)]);
  }

  const content = (name: string): string => files.readFile(at(name)).toString();

  test('append adds all chunks at the end and returns where they start', () => {
    const file = open('log', 'create');
    expect(file.append([Buffer.from('ab'), Buffer.from('c')])).toBe(0);
    expect(file.append([])).toBe(3);
    expect(file.append([Buffer.alloc(0), Buffer.from('def'), Buffer.alloc(0)])).toBe(3);
    expect([file.size(), content('log'), file.path]).toEqual([6, 'abcdef', at('log')]);
  });

  test('append takes more chunks than the system call does', () => {
    const file = open('log', 'create');
    const chunks = Array.from({ length: 3000 }, (_, index) => Buffer.from(`${index},`));
    file.append(chunks);
    expect(files.readFile(at('log')).equals(Buffer.concat(chunks))).toBe(true);
  });

  test('append and write take more bytes than one system call is given', () => {
    const file = open('log', 'create');
    const bytes = Buffer.from(Uint32Array.from({ length: 700_000 }, (_, index) => index).buffer);
    const cuts = [0, 1, 524_287, 524_288, 524_288, 1_300_000, 2_400_001, bytes.length];
    file.append(cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end)));
    expect(files.readFile(at('log')).equals(bytes)).toBe(true);
    file.write(bytes, 3);
    expect(files.readFile(at('log')).equals(Buffer.concat([bytes.subarray(0, 3), bytes]))).toBe(true);
  });

  test('appended chunks are copied', () => {
    const file = open('log', 'create');
    const chunk = Buffer.from('before');
    file.append([chunk]);
    chunk.fill('x');
    expect(content('log')).toBe('before');
  });

  test('write overwrites in place, and extends the file past its end', () => {
    const file = open('data', 'create');
    file.append([Buffer.from('0123456789')]);
    file.write(Buffer.from('AB'), 2);
    file.write(Buffer.from('YZ'), 9);
    file.write(Buffer.alloc(0), 1);
    expect([content('data'), file.size()]).toEqual(['01AB45678YZ', 11]);
    file.write(Buffer.from('!'), 13);
    expect([text(files.readFile(at('data'))), file.append([Buffer.from('end')])]).toEqual([
      '01AB45678YZ\0\0!',
      14,
    ]);
  });

  test('read fills its target, and stops short only at the end', async () => {
    const file = open('data', 'create');
    file.append([Buffer.from('0123456789')]);
    const target = Buffer.alloc(4, '-');
    expect([file.read(target, 3), text(target)]).toEqual([4, '3456']);
    expect([await file.readAsync(target, 8), text(target)]).toEqual([2, '8956']);
    expect([file.read(target, 10), file.read(target, 99), await file.readAsync(target, 10)]).toEqual([
      0, 0, 0,
    ]);
    expect(file.read(Buffer.alloc(0), 0)).toBe(0);
    expect(text(target)).toBe('8956');
  });

  test('truncate cuts, and extends with zeros', () => {
    const file = open('data', 'create');
    file.append([Buffer.from('0123456789')]);
    file.truncate(4);
    expect([content('data'), file.size(), file.append([Buffer.from('x')])]).toEqual(['0123', 4, 4]);
    file.truncate(3);
    file.truncate(6);
    expect([text(files.readFile(at('data'))), file.size()]).toEqual(['012\0\0\0', 6]);
  });

  test('opening with read, write and create does what each says about what is there', () => {
    expect(() => open('file', 'read')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    open('file', 'write').append([Buffer.from('kept')]);
    expect(() => open('file', 'create')).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    const again = open('file', 'write');
    expect([again.size(), again.append([Buffer.from('!')])]).toEqual([4, 4]);
    expect(open('file', 'read').size()).toBe(5);
  });

  test.each(['read', 'write', 'create'] as const)(
    'opening with %s in a directory that is not there is ENOENT',
    (mode) => {
      expect(() => open('missing/file', mode)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    },
  );

  test('a file that was opened to read cannot be changed', () => {
    put('file', 'content');
    const file = open('file', 'read');
    expect(() => file.append([Buffer.from('x')])).toThrow(expect.objectContaining({ code: 'EBADF' }));
    expect(() => file.write(Buffer.from('x'), 0)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    expect(() => file.truncate(0)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    expect([content('file'), file.size()]).toEqual(['content', 7]);
  });

  test('a closed file can do nothing, and may be closed again', async () => {
    const file = open('file', 'create');
    file.close();
    file.close();
    const other = open('other', 'create');
    const bad = expect.objectContaining({ code: 'EBADF' });
    expect(() => file.append([Buffer.from('x')])).toThrow(bad);
    expect(() => file.read(Buffer.alloc(1), 0)).toThrow(bad);
    expect(() => file.truncate(0)).toThrow(bad);
    expect(() => file.datasyncNow()).toThrow(bad);
    await expect(file.datasync()).rejects.toMatchObject({ code: 'EBADF' });
    await expect(file.readAsync(Buffer.alloc(1), 0)).rejects.toMatchObject({ code: 'EBADF' });
    expect(other.size()).toBe(0);
  });

  test('closing while a read and a sync are under way lets them finish', async () => {
    const file = open('file', 'create');
    file.append([Buffer.from('content')]);
    const target = Buffer.alloc(7);
    const underWay = Promise.all([file.readAsync(target, 0), file.datasync()]);
    file.close();
    const others = ['a', 'b', 'c'].map((name) => open(name, 'create'));
    await underWay;
    expect([text(target), others.length]).toEqual(['content', 3]);
  });

  test('two open files of one path see each other', () => {
    const writer = open('file', 'create');
    const reader = open('file', 'read');
    writer.append([Buffer.from('shared')]);
    const target = Buffer.alloc(6);
    expect([reader.read(target, 0), text(target)]).toEqual([6, 'shared']);
  });

  test('datasync works on files of any state', async () => {
    const file = open('file', 'create');
    await file.datasync();
    file.append([Buffer.from('x')]);
    file.datasyncNow();
    await Promise.all([file.datasync(), file.datasync()]);
    expect(content('file')).toBe('x');
  });

  test('stat tells files, directories and nothing apart', () => {
    files.makeDirectory(at('folder'));
    put('file', 'four');
    expect(files.stat(at('file'))).toMatchObject({ isDirectory: false, size: 4 });
    expect(files.stat(at('folder'))).toMatchObject({ isDirectory: true });
    expect([files.stat(at('missing')), files.stat(at('missing/deeper'))]).toEqual([undefined, undefined]);
  });

  test('the modification time can be set to the millisecond', () => {
    put('file', 'x');
    for (const modifiedMs of [1_700_000_000_123, 1_234_567_890_999, 0]) {
      files.setModified(at('file'), modifiedMs);
      expect(files.stat(at('file'))?.modifiedMs).toBe(modifiedMs);
    }
    expect(() => files.setModified(at('missing'), 0)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  test('list gives the names in order', () => {
    for (const name of ['b', 'a', 'C', 'a.10', 'a.9']) put(name, '');
    files.makeDirectory(at('aa/inner'));
    expect(files.list(root)).toEqual(['C', 'a', 'a.10', 'a.9', 'aa', 'b']);
    expect(files.list(at('aa'))).toEqual(['inner']);
    expect(() => files.list(at('missing'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => files.list(at('a'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  });

  test('makeDirectory makes what is missing and is content with what is there', () => {
    files.makeDirectory(at('a/b/c'));
    files.makeDirectory(at('a/b'));
    expect(files.list(at('a/b'))).toEqual(['c']);
    put('file', '');
    expect(() => files.makeDirectory(at('file'))).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  });

  test('reading or writing a directory as a file is EISDIR', () => {
    files.makeDirectory(at('folder'));
    expect(() => files.readFile(at('folder'))).toThrow(expect.objectContaining({ code: 'EISDIR' }));
    expect(() => open('folder', 'write')).toThrow(expect.objectContaining({ code: 'EISDIR' }));
    expect(() => files.readFile(at('missing'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  test('rename moves a file over another, and open files go with it', () => {
    put('old', 'replaced');
    const file = open('new', 'create');
    file.append([Buffer.from('wins')]);
    files.rename(at('new'), at('old'));
    file.append([Buffer.from('!')]);
    expect([files.list(root), content('old')]).toEqual([['old'], 'wins!']);
    files.rename(at('old'), at('old'));
    expect(content('old')).toBe('wins!');
    expect(() => files.rename(at('missing'), at('x'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => files.rename(at('old'), at('missing/x'))).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
  });

  test('rename moves directories with what they hold, but not over a full one', () => {
    files.makeDirectory(at('topic-0'));
    put('topic-0/segment', 'data');
    files.rename(at('topic-0'), at('topic-0.deleted'));
    expect(content('topic-0.deleted/segment')).toBe('data');
    files.makeDirectory(at('full'));
    put('full/file', '');
    expect(() => files.rename(at('topic-0.deleted'), at('full'))).toThrow(
      expect.objectContaining({ code: 'ENOTEMPTY' }),
    );
    put('file', '');
    expect(() => files.rename(at('file'), at('full'))).toThrow(expect.objectContaining({ code: 'EISDIR' }));
    expect(() => files.rename(at('full'), at('file'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  });

  test('remove takes a file away, also one that is open, and does not mind when it is gone', () => {
    const file = open('file', 'create');
    file.append([Buffer.from('still here')]);
    files.remove(at('file'));
    files.remove(at('file'));
    expect(files.list(root)).toEqual([]);
    const target = Buffer.alloc(5);
    expect([file.read(target, 0), text(target)]).toEqual([5, 'still']);
  });

  test('removeDirectory takes all away, and does not mind when it is gone', () => {
    files.makeDirectory(at('a/b'));
    put('a/file', 'x');
    put('a/b/file', 'x');
    files.removeDirectory(at('a'));
    files.removeDirectory(at('a'));
    expect(files.list(root)).toEqual([]);
  });

  test('syncDirectoryAsync may be asked for by many at once, and wants a directory', async () => {
    await Promise.all(Array.from({ length: 20 }, () => files.syncDirectoryAsync(root)));
    await files.syncDirectoryAsync(root);
    await expect(files.syncDirectoryAsync(at('missing'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('syncDirectory wants a directory', () => {
    files.syncDirectory(root);
    expect(() => files.syncDirectory(at('missing'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  test('a lock excludes, until it is released', () => {
    const lock = files.lock(at('.lock'));
    expect(() => files.lock(at('.lock'))).toThrow(expect.objectContaining({ code: 'EAGAIN' }));
    const other = files.lock(at('.other'));
    lock.release();
    lock.release();
    const again = files.lock(at('.lock'));
    lock.release();
    expect(() => files.lock(at('.lock'))).toThrow(expect.objectContaining({ code: 'EAGAIN' }));
    again.release();
    other.release();
    expect(files.list(root)).toEqual(['.lock', '.other']);
    expect(() => files.lock(at('missing/.lock'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  test('space is known, and what is usable is part of the total', () => {
    const { totalBytes, usableBytes } = files.space(root);
    expect(totalBytes).toBeGreaterThan(0);
    expect(usableBytes).toBeGreaterThan(0);
    expect(usableBytes).toBeLessThanOrEqual(totalBytes);
  });

  test('an atomic write creates and replaces, and leaves nothing else behind', () => {
    writeFileAtomically(files, at('checkpoint'), Buffer.from('first and longer'));
    writeFileAtomically(files, at('checkpoint'), Buffer.from('second'));
    expect([files.list(root), content('checkpoint')]).toEqual([['checkpoint'], 'second']);
  });

  test('an atomic write survives the leftover of one that was cut short', () => {
    put('checkpoint.tmp', 'half of a much longer content');
    writeFileAtomically(files, at('checkpoint'), Buffer.from('whole'));
    expect([files.list(root), content('checkpoint')]).toEqual([['checkpoint'], 'whole']);
  });

  test('any sequence of changes leaves what the same changes leave of an array', () => {
    let run = 0;
    const bytes = fc.uint8Array({ maxLength: 400 });
    const change = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), chunks: fc.array(bytes, { maxLength: 4 }) }),
      fc.record({ kind: fc.constant('write' as const), bytes, position: fc.nat(1200) }),
      fc.record({ kind: fc.constant('truncate' as const), size: fc.nat(1500) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        run += 1;
        const file = open(`run-${run}`, 'create');
        let model = Buffer.alloc(0);
        for (const step of changes) {
          if (step.kind === 'append') {
            expect(file.append(step.chunks)).toBe(model.length);
            model = Buffer.concat([model, ...step.chunks]);
          } else if (step.kind === 'truncate') {
            file.truncate(step.size);
            model = resized(model, step.size);
          } else {
            file.write(step.bytes, step.position);
            if (step.bytes.length > 0)
              model = resized(model, Math.max(model.length, step.position + step.bytes.length));
            model.set(step.bytes, step.bytes.length > 0 ? step.position : 0);
          }
          expect(file.size()).toBe(model.length);
        }
        expect(files.readFile(file.path).equals(model)).toBe(true);
        file.close();
      }),
      { numRuns: 60 },
    );
  });
}

function resized(bytes: Buffer<ArrayBuffer>, size: number): Buffer<ArrayBuffer> {
  const result = Buffer.alloc(size);
  bytes.copy(result);
  return result;
}

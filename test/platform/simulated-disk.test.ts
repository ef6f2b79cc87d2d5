import { describe, expect, test } from 'vitest';
import { writeFileAtomically } from '../../platform/atomic-write.ts';
import { type SimulatedPlatform, simulatedPlatform } from '../../platform/simulation/simulated-platform.ts';

/** A simulation with a directory that is there to stay. */
function world(seed: string | number = 'world'): SimulatedPlatform {
  const platform = simulatedPlatform(seed);
  platform.files.makeDirectory('/data');
  platform.files.syncDirectory('/');
  return platform;
}

const bytes = (text: string) => [Buffer.from(text)];

describe('simulated crash', () => {
  test('takes content since the last datasync', () => {
    const { files } = world();
    const file = files.open('/data/log', 'create');
    files.syncDirectory('/data');
    file.append(bytes('synced'));
    file.datasyncNow();
    file.append(bytes(' lost'));
    file.write(Buffer.from('S'), 0);
    files.crash();
    expect(files.readFile('/data/log').toString()).toBe('synced');
  });

  test('keeps what was written, whatever the caller does with its memory before the sync', () => {
    const { files } = world();
    const file = files.open('/data/log', 'create');
    files.syncDirectory('/data');
    const memory = Buffer.from('written');
    file.write(memory, 0);
    memory.fill('x');
    file.datasyncNow();
    files.crash();
    expect(files.readFile('/data/log').toString()).toBe('written');
  });

  test('brings back what a truncation that was not synced took away', () => {
    const { files } = world();
    const file = files.open('/data/log', 'create');
    files.syncDirectory('/data');
    file.append(bytes('content'));
    file.datasyncNow();
    file.truncate(3);
    file.append(bytes('NEW'));
    files.crash();
    expect(files.readFile('/data/log').toString()).toBe('content');
  });

  test('takes a file whose name was not synced, however durable its content', () => {
    const { files } = world();
    const file = files.open('/data/log', 'create');
    file.append(bytes('content'));
    file.datasyncNow();
    files.crash();
    expect(files.list('/data')).toEqual([]);
  });

  test('undoes renames and removals that were not synced', () => {
    const { files } = world();
    for (const name of ['kept', 'renamed', 'removed']) {
      const file = files.open(`/data/${name}`, 'create');
      file.append(bytes(name));
      file.datasyncNow();
    }
    files.makeDirectory('/data/folder/inner');
    files.syncDirectory('/data');
    files.syncDirectory('/data/folder');
    files.rename('/data/renamed', '/data/kept');
    files.remove('/data/removed');
    files.removeDirectory('/data/folder');
    expect(files.list('/data')).toEqual(['kept']);
    files.crash();
    expect(files.list('/data')).toEqual(['folder', 'kept', 'removed', 'renamed']);
    expect(files.readFile('/data/kept').toString()).toBe('kept');
    expect(files.list('/data/folder')).toEqual(['inner']);
  });

  test('leaves an empty file when a name was synced and its content was not', () => {
    const { files } = world();
    files.open('/data/tmp', 'create').append(bytes('content'));
    files.rename('/data/tmp', '/data/file');
    files.syncDirectory('/data');
    files.crash();
    expect(files.list('/data')).toEqual(['file']);
    expect(files.readFile('/data/file').length).toBe(0);
  });

  test('a rename between directories becomes durable on both sides at once', () => {
    const { files } = world();
    files.makeDirectory('/data/a');
    files.makeDirectory('/data/b');
    files.syncDirectory('/data');
    const file = files.open('/data/a/file', 'create');
    file.append(bytes('x'));
    file.datasyncNow();
    files.rename('/data/a/file', '/data/b/file');
    files.syncDirectory('/data/b');
    files.crash();
    expect([files.list('/data/a'), files.list('/data/b')]).toEqual([[], ['file']]);
  });

  test('a file that was moved to another directory never has both names, nor none once that was synced', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { files } = world(seed);
      files.makeDirectory('/data/a');
      files.makeDirectory('/data/b');
      files.syncDirectory('/data');
      files.open('/data/a/file', 'create');
      files.rename('/data/a/file', '/data/b/file');
      files.syncDirectory('/data/b');
      files.crash('prefix');
      expect([files.list('/data/a'), files.list('/data/b')]).toEqual([[], ['file']]);
    }
  });

  test('kills what was open, and what was under way never completes', async () => {
    const platform = world();
    const { files } = platform;
    const file = files.open('/data/log', 'create');
    files.syncDirectory('/data');
    file.append(bytes('in flight'));
    let settled = 0;
    const note = () => {
      settled += 1;
    };
    file.datasync().then(note, note);
    file.readAsync(Buffer.alloc(1), 0).then(note, note);
    files.crash();
    await platform.settle();
    expect(settled).toBe(0);
    expect(files.readFile('/data/log').length).toBe(0);
    expect(() => file.append(bytes('x'))).toThrow(expect.objectContaining({ code: 'EBADF' }));
    expect(() => file.read(Buffer.alloc(1), 0)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  test('a datasync covers what was written before it, not what comes while it runs', async () => {
    const platform = world();
    const { files } = platform;
    const file = files.open('/data/log', 'create');
    files.syncDirectory('/data');
    file.append(bytes('before'));
    const syncing = file.datasync();
    file.append(bytes(' during'));
    await syncing;
    files.crash();
    expect(files.readFile('/data/log').toString()).toBe('before');
  });

  test('releases locks, and an old lock cannot release a new one', () => {
    const { files } = world();
    const old = files.lock('/data/.lock');
    files.crash();
    files.lock('/data/.lock');
    old.release();
    expect(() => files.lock('/data/.lock')).toThrow(expect.objectContaining({ code: 'EAGAIN' }));
  });

  test('of the process alone loses nothing', () => {
    const { files } = world();
    const file = files.open('/data/log', 'create');
    file.append(bytes('in the page cache'));
    files.crash('everything');
    expect(files.readFile('/data/log').toString()).toBe('in the page cache');
    files.crash();
    expect(files.list('/data')).toEqual([]);
  });

  /** The log after a crash, for many seeds: five appends of three bytes after three that are durable. */
  function survivors(survival: 'prefix' | 'torn' | 'pages'): string[] {
    return Array.from({ length: 200 }, (_, seed) => {
      const { files } = world(seed);
      const file = files.open('/data/log', 'create');
      files.syncDirectory('/data');
      file.append(bytes('000'));
      file.datasyncNow();
      for (const digit of '12345') file.append(bytes(digit.repeat(3)));
      files.crash(survival);
      return files.readFile('/data/log').toString();
    });
  }

  test('prefix keeps any number of whole changes', () => {
    const found = new Set(survivors('prefix'));
    expect([...found].sort()).toEqual([
      '000',
      '000111',
      '000111222',
      '000111222333',
      '000111222333444',
      '000111222333444555',
    ]);
  });

  test('torn keeps a prefix that ends at any byte', () => {
    const found = new Set(survivors('torn'));
    const whole = '000111222333444555';
    for (const text of found) expect(whole.startsWith(text)).toBe(true);
    expect(found.size).toBe(whole.length - 3 + 1);
  });

  test('pages keeps old or new pages, with the old or the new size', () => {
    const found = new Set(survivors('pages'));
    expect([...found].sort()).toEqual(['000', `000${'\0'.repeat(15)}`, '000111222333444555'].sort());
  });

  test('names, too, survive up to any point when told so', () => {
    const found = new Set(
      Array.from({ length: 100 }, (_, seed) => {
        const { files } = world(seed);
        for (const name of ['a', 'b']) files.open(`/data/${name}`, 'create');
        files.rename('/data/a', '/data/c');
        files.crash('prefix');
        return files.list('/data').join();
      }),
    );
    expect([...found].sort()).toEqual(['', 'a', 'a,b', 'b,c']);
  });

  test('an atomic write leaves the old or the new content, at whatever operation the power fails', () => {
    const write = (platform: SimulatedPlatform) =>
      writeFileAtomically(platform.files, '/data/checkpoint', Buffer.from('new content'));
    for (const survival of ['nothing', 'prefix', 'torn', 'pages', 'everything'] as const) {
      const found = new Set<string>();
      for (let offset = 1; offset <= 12; offset++) {
        for (let seed = 0; seed < 5; seed++) {
          const platform = world(seed);
          writeFileAtomically(platform.files, '/data/checkpoint', Buffer.from('old'));
          platform.files.powerOffAt(platform.files.operations + offset);
          let isAcknowledged = true;
          try {
            write(platform);
          } catch (error) {
            expect(error).toMatchObject({ code: 'EIO' });
            isAcknowledged = false;
          }
          platform.files.crash(survival);
          const content = platform.files.readFile('/data/checkpoint').toString();
          found.add(content);
          if (isAcknowledged) expect(content).toBe('new content');
        }
      }
      expect([...found].sort()).toEqual(['new content', 'old']);
    }
  });
});

describe('simulated disk faults', () => {
  test('failAt makes one operation fail without effect, and the next succeed', () => {
    const { files } = world();
    const file = files.open('/data/log', 'create');
    files.failAt(files.operations + 2, 'ENOSPC');
    file.append(bytes('one'));
    expect(() => file.append(bytes('two'))).toThrow(
      expect.objectContaining({ code: 'ENOSPC', syscall: 'write' }),
    );
    expect([file.size(), file.append(bytes('three'))]).toEqual([3, 3]);
  });

  test('every kind of operation counts and can fail', async () => {
    const calls: readonly ((platform: SimulatedPlatform) => unknown)[] = [
      ({ files }) => files.open('/data/a', 'read'),
      ({ files }) => files.open('/data/b', 'create'),
      ({ files }) => files.readFile('/data/a'),
      ({ files }) => files.list('/data'),
      ({ files }) => files.setModified('/data/a', 1),
      ({ files }) => files.makeDirectory('/data/c'),
      ({ files }) => files.rename('/data/a', '/data/d'),
      ({ files }) => files.remove('/data/a'),
      ({ files }) => files.removeDirectory('/data'),
      ({ files }) => files.syncDirectory('/data'),
      ({ files }) => files.lock('/data/.lock'),
    ];
    for (const call of calls) {
      const platform = world();
      platform.files.open('/data/a', 'create');
      const { operations } = platform.files;
      platform.files.failAt(operations + 1);
      expect(() => call(platform)).toThrow(expect.objectContaining({ code: 'EIO' }));
      expect([platform.files.operations, platform.files.list('/data')]).toEqual([operations + 1, ['a']]);
      call(platform);
    }
  });

  test('a sync that fails loses what it should have written, and a later one does not bring it back', async () => {
    const { files } = world();
    const file = files.open('/data/log', 'create');
    files.syncDirectory('/data');
    file.append(bytes('aaa'));
    await file.datasync();
    file.append(bytes('bbb'));
    files.failNextDatasync();
    await expect(file.datasync()).rejects.toMatchObject({ code: 'EIO' });
    file.append(bytes('ccc'));
    await file.datasync();
    expect(files.readFile('/data/log').toString()).toBe('aaabbbccc');
    files.crash();
    expect(files.readFile('/data/log').toString()).toBe('aaa\0\0\0ccc');
  });

  test('a full disk refuses what does not fit, as a whole, and takes it once there is room', () => {
    const { files } = world();
    files.capacityBytes = 10;
    const file = files.open('/data/log', 'create');
    file.append(bytes('12345678'));
    expect(files.space('/data')).toEqual({ totalBytes: 10, usableBytes: 2 });
    const full = expect.objectContaining({ code: 'ENOSPC' });
    expect(() => file.append(bytes('abc'))).toThrow(full);
    expect(() => file.write(Buffer.from('abc'), 8)).toThrow(full);
    expect(() => file.truncate(11)).toThrow(full);
    expect(file.size()).toBe(8);
    file.write(Buffer.from('ab'), 0);
    file.append(bytes('cd'));
    file.truncate(5);
    expect(file.append(bytes('efghi'))).toBe(5);
  });

  test('after the power has failed nothing works until the crash is over', async () => {
    const platform = world();
    const { files } = platform;
    const file = files.open('/data/log', 'create');
    file.append(bytes('x'));
    const syncing = expect(file.datasync()).rejects.toMatchObject({ code: 'EIO' });
    files.powerOffAt(files.operations + 1);
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(() => file.append(bytes('x'))).toThrow(expect.objectContaining({ code: 'EIO' }));
      expect(() => files.list('/data')).toThrow(expect.objectContaining({ code: 'EIO' }));
    }
    await syncing;
    files.crash();
    expect(files.list('/data')).toEqual([]);
  });
});

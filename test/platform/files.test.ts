import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diskFiles } from '../../platform/disk-files.ts';
import { simulatedPlatform } from '../../platform/simulation/simulated-platform.ts';
import { filesContract } from './files.contract.ts';

const roots: string[] = [];

function temporaryRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'millrace-files-'));
  roots.push(root);
  return root;
}

afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});

describe('disk', () => {
  filesContract(() => ({ files: diskFiles, root: temporaryRoot() }));
});

describe('simulated disk', () => {
  filesContract(() => {
    const { files } = simulatedPlatform('files');
    files.makeDirectory('/data');
    return { files, root: '/data' };
  });
});

const moduleUrl = new URL('../../platform/disk-files.ts', import.meta.url).href;

test('more files may be open than the system allows, also when none of them is synced', () => {
  const program = `
    const { diskFiles } = await import(process.argv[1]);
    const files = Array.from({ length: 300 }, (_, i) => diskFiles.open(process.argv[2] + '/' + i, 'create'));
    for (const [i, file] of files.entries()) file.append([Buffer.from('a' + i)]);
    await Promise.all(files.slice(0, 50).map((file) => file.datasync()));
    for (const [i, file] of files.entries()) file.append([Buffer.from('b' + i)]);
    const target = Buffer.alloc(16);
    const wrong = files.filter((file, i) => target.toString('latin1', 0, file.read(target, 0)) !== 'a' + i + 'b' + i);
    diskFiles.rename(process.argv[2] + '/0', process.argv[2] + '/moved');
    for (const file of files) file.close();
    console.log(wrong.length);
  `;
  const command = 'ulimit -n 100; exec "$0" --input-type=module -e "$1" "$2" "$3"';
  const args = ['-c', command, process.execPath, program, moduleUrl, temporaryRoot()];
  const { stdout, stderr } = spawnSync('sh', args);
  expect([stdout.toString(), stderr.toString()]).toEqual(['0\n', '']);
});

test('however many files are open, there are descriptors left for sockets, and hundreds of folders are synced at once', () => {
  const program = `
    const { openSync } = await import('node:fs');
    const { diskFiles } = await import(process.argv[1]);
    const root = process.argv[2];
    const names = Array.from({ length: 350 }, (_, i) => root + '/' + i);
    const open = names.map((name) => {
      diskFiles.makeDirectory(name);
      const file = diskFiles.open(name + '/file', 'create');
      file.append([Buffer.from('a')]);
      return file;
    });
    const others = Array.from({ length: 10 }, () => openSync(root, 'r'));
    await Promise.all(names.map((name) => diskFiles.syncDirectoryAsync(name)));
    console.log(open.length, others.length);
  `;
  const command = 'ulimit -n 300; exec "$0" --input-type=module -e "$1" "$2" "$3"';
  const args = ['-c', command, process.execPath, program, moduleUrl, temporaryRoot()];
  const { stdout, stderr } = spawnSync('sh', args);
  expect([stdout.toString(), stderr.toString()]).toEqual(['350 10\n', '']);
});

test('a write of the disk that is cut short is undone', () => {
  const program = `
    const { diskFiles } = await import(process.argv[1]);
    const file = diskFiles.open(process.argv[2], 'create');
    file.append([Buffer.alloc(1000, 'a')]);
    let code;
    try {
      file.append([Buffer.alloc(2000, 'b'), Buffer.alloc(2000, 'c')]);
    } catch (error) {
      code = error.code;
    }
    const sizes = [file.size(), diskFiles.stat(process.argv[2]).size];
    console.log(JSON.stringify([code, sizes, file.append([Buffer.alloc(3000, 'd')]), file.size()]));`;
  // No file may grow beyond 4096 bytes: the second append writes 3096 bytes, and then gets an error.
  const limited = 'trap "" XFSZ; ulimit -f 8; exec "$@"';
  const node = [
    process.execPath,
    '--input-type=module',
    '-e',
    program,
    moduleUrl,
    join(temporaryRoot(), 'log'),
  ];
  const { stdout, stderr } = spawnSync('/bin/sh', ['-c', limited, 'sh', ...node], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual(['EFBIG', [1000, 1000], 1000, 4000]);
});

describe('lock of the disk', () => {
  const program = `
    const { diskFiles } = await import(process.argv[1]);
    try {
      diskFiles.lock(process.argv[2]);
      console.log('locked');
      setInterval(() => {}, 1000);
    } catch (error) {
      console.log(error.code);
    }`;
  let path: string;
  const children: ReturnType<typeof spawn>[] = [];

  beforeEach(() => {
    path = join(temporaryRoot(), '.lock');
  });

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** Another process that locks and stays, and what it said. */
  async function lockElsewhere() {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, moduleUrl, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [said] = await once(child.stdout, 'data');
    return { child, said: String(said).trim() };
  }

  test('another process is excluded', async () => {
    const lock = diskFiles.lock(path);
    expect((await lockElsewhere()).said).toBe('EAGAIN');
    lock.release();
    expect((await lockElsewhere()).said).toBe('locked');
    expect(() => diskFiles.lock(path)).toThrow(expect.objectContaining({ code: 'EAGAIN' }));
  });

  test('the lock of a process that was killed is free at once', async () => {
    const { child, said } = await lockElsewhere();
    expect(said).toBe('locked');
    child.kill('SIGKILL');
    await once(child, 'exit');
    diskFiles.lock(path).release();
  });
});

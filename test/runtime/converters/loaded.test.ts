import { expect, test } from 'vitest';
import { Loaded, whenLoaded } from '../../../runtime/converters/loaded.ts';

function loader() {
  const asked: number[] = [];
  const failing = new Set<number>();
  const load = async (key: number): Promise<string> => {
    asked.push(key);
    if (failing.has(key)) throw new Error('no');
    return `value ${key}`;
  };
  return { asked, failing, load };
}

test('a value is loaded once, however many wait, and is then there at once', async () => {
  const { asked, load } = loader();
  const loaded = new Loaded(load);
  const [first, second] = await Promise.all([loaded.get(1), loaded.get(1)]);
  expect([first, second, loaded.get(1)]).toEqual(['value 1', 'value 1', 'value 1']);
  expect(asked).toEqual([1]);
});

test('a failure is not remembered', async () => {
  const { asked, failing, load } = loader();
  const loaded = new Loaded(load);
  failing.add(1);
  await expect(loaded.get(1)).rejects.toThrow('no');
  failing.delete(1);
  expect(await loaded.get(1)).toBe('value 1');
  expect(asked).toEqual([1, 1]);
});

test('the oldest value goes when there are too many', async () => {
  const { asked, load } = loader();
  const loaded = new Loaded(load, 2);
  for (const key of [1, 2, 3, 3, 1]) await loaded.get(key);
  expect(asked).toEqual([1, 2, 3, 1]);
});

test('what follows runs at once when it can', async () => {
  expect(whenLoaded(1, (value) => value + 1)).toBe(2);
  expect(await whenLoaded(Promise.resolve(1), (value) => value + 1)).toBe(2);
});

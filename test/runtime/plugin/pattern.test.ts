import { expect, test } from 'vitest';
import { compilePattern, patternProblem } from '../../../runtime/plugin/index.ts';

test('a pattern matches the whole text, or finds a part', () => {
  const pattern = compilePattern('a+');
  expect([pattern.matches('aaa'), pattern.matches('baaa'), pattern.find('baaa'), pattern.find('b')]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test("a replacement has Java's groups, names and escapes", () => {
  const pattern = compilePattern('(?<db>[^.]+)\\.(.*)');
  expect(pattern.replaceMatch('shop.orders', '${db}-$2-\\$')).toBe('shop-orders-$');
  expect(pattern.replaceMatch('none', 'x')).toBeUndefined();
  expect(() => pattern.replaceMatch('a.b', '$9')).toThrow();
});

test('a pattern that is slow elsewhere is not slow here', () => {
  const pattern = compilePattern('(a+)+$');
  expect(pattern.matches(`${'a'.repeat(5_000)}!`)).toBe(false);
});

test.each(['(', '(?=a)', '(a)\\1', '[z-a]'])('%s is refused with a reason', (source) => {
  expect(patternProblem(source)).toContain('Invalid regex');
  expect(() => compilePattern(source)).toThrow(expect.objectContaining({ code: 'CONNECT_CONFIG' }));
});

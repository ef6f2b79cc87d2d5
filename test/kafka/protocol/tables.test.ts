import { expect, test } from 'vitest';
import {
  ApiKey,
  allMessages,
  apiOf,
  apis,
  ErrorCode,
  errorOf,
  groupRecords,
  messageByName,
  metadataRecords,
  shareRecords,
  transactionRecords,
} from '../../../kafka/protocol/index.ts';

test('every API of Kafka 4.3 is there: 0 to 92 without the four of the ZooKeeper era', () => {
  const removed = [4, 5, 6, 7];
  const expected = Array.from({ length: 93 }, (_, key) => key).filter((key) => !removed.includes(key));
  expect(apis.map(({ key }) => key)).toEqual(expected);
  expect(Object.values(ApiKey)).toEqual(expected);
  for (const key of [...removed, -1, 93, 1.5]) expect(apiOf(key)).toBeUndefined();
});

test('name, key, request and response of an API belong together', () => {
  for (const { key, name, request, response } of apis) {
    expect(ApiKey[name as keyof typeof ApiKey]).toBe(key);
    expect([request.name, response.name]).toEqual([`${name}Request`, `${name}Response`]);
    expect([request.apiKey, response.apiKey]).toEqual([key, key]);
    expect([request.kind, response.kind]).toEqual(['request', 'response']);
    expect(request.listeners.length).toBeGreaterThan(0);
    expect(apiOf(key)?.request).toBe(request);
  }
  expect(apis.filter(({ request }) => request.isLatestVersionUnstable).map(({ name }) => name)).toEqual([
    'InitProducerId',
  ]);
});

test('messages are found by name, and each name is used once', () => {
  expect(new Set(allMessages.map(({ name }) => name)).size).toBe(allMessages.length);
  expect(messageByName('OffsetCommitValue')?.versions).toEqual({ first: 0, last: 4 });
  expect(messageByName('offsetCommitValue')).toBeUndefined();
});

test('types of log records are unique within their log', () => {
  for (const types of [
    groupRecords.map(({ type }) => type),
    transactionRecords.map(({ type }) => type),
    shareRecords.map(({ type }) => type),
    metadataRecords.map(({ apiKey }) => apiKey),
  ]) {
    expect(new Set(types).size).toBe(types.length);
  }
  for (const { key, value } of [...groupRecords, ...transactionRecords, ...shareRecords]) {
    expect(value.apiKey).toBe(key.apiKey);
    expect(value.name.slice(0, -'Value'.length)).toBe(key.name.slice(0, -'Key'.length));
  }
});

test('the tags of a struct are unique and every tagged version is flexible', () => {
  for (const { name, fields, flexibleVersions } of allMessages) {
    const tagged = Object.values(fields).filter(({ tag }) => tag !== undefined);
    expect(new Set(tagged.map(({ tag }) => tag)).size, name).toBe(tagged.length);
    for (const { taggedVersions } of tagged) {
      expect(taggedVersions.first, name).toBeGreaterThanOrEqual(flexibleVersions.first);
    }
  }
});

test('the error table has every code from -1 to 133', () => {
  const codes = Object.values(ErrorCode).sort((a, b) => a - b);
  expect(codes).toEqual(Array.from({ length: 135 }, (_, i) => i - 1));
  for (const [name, code] of Object.entries(ErrorCode)) {
    expect(errorOf(code)).toMatchObject({ name, code });
    expect(errorOf(code).message).toMatch(/^[A-Za-z].*\.$/);
  }
});

test('errors say whether a retry helps', () => {
  expect(errorOf(ErrorCode.NOT_LEADER_OR_FOLLOWER)).toMatchObject({ isRetriable: true, needsRefresh: true });
  expect(errorOf(ErrorCode.NOT_ENOUGH_REPLICAS)).toMatchObject({ isRetriable: true, needsRefresh: false });
  expect(errorOf(ErrorCode.PRODUCER_FENCED)).toMatchObject({ isRetriable: false, needsRefresh: false });
  expect(errorOf(ErrorCode.REBALANCE_IN_PROGRESS).isRetriable).toBe(false);
});

test('a code from the future counts as an unknown server error', () => {
  expect(errorOf(9999)).toMatchObject({ name: 'UNKNOWN_SERVER_ERROR', code: -1 });
});

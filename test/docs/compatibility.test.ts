import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apiOf, apiVersionsRequest, apiVersionsResponse } from '../../kafka/protocol/index.ts';
import { BrokerFixture } from '../broker/broker-fixture.ts';

test('docs/compatibility.md lists exactly the APIs and versions that the broker tells clients of', async () => {
  const fixture = await BrokerFixture.start();
  const software = { clientSoftwareName: 'docs', clientSoftwareVersion: '1' };
  const messages = [apiVersionsRequest, apiVersionsResponse] as const;
  const answer = await fixture.during(fixture.client.request(messages, 4, software));
  const served = answer?.apiKeys.map(
    ({ apiKey, minVersion, maxVersion }) =>
      `| ${apiKey} | ${apiOf(apiKey)?.name} | ${minVersion}-${maxVersion} |`,
  );
  const documented = readFileSync('docs/compatibility.md', 'utf8').match(/^\| \d+ \| .*$/gm) ?? [];
  expect(documented).toEqual(served);
});

import { defineConfigs, double, INT_MAX, int, LONG_MAX, long } from '../definition.ts';
import { atLeast } from '../validator.ts';

/** Quotas of users, clients and addresses; keys of AlterClientQuotas. */
// biome-ignore format: a table, one config a line.
export const clientQuotaConfigs = defineConfigs({
  'producer_byte_rate': long(LONG_MAX, 'MEDIUM', 'Bytes per second a client may produce.'),
  'consumer_byte_rate': long(LONG_MAX, 'MEDIUM', 'Bytes per second a client may fetch.'),
  'request_percentage': double(INT_MAX, 'MEDIUM', 'Share of request handling time a client may use, in percent.'),
  'controller_mutation_rate': double(INT_MAX, 'MEDIUM', 'Partitions per second a client may create or delete.'),
  'connection_creation_rate': int(INT_MAX, 'MEDIUM', 'Connections per second an address may open.', atLeast(0)),
});

import { connectorRows } from './connector-rows.ts';
import type { ContractRow } from './contract-api.ts';
import { offsetRows } from './offset-rows.ts';
import { stateRows } from './state-rows.ts';
import { workerRows } from './worker-rows.ts';

export { ContractApi } from './contract-api.ts';

/** Every row of the tables of endpoints and errors, for any worker of Kafka Connect 4.3. */
export const contractRows: readonly ContractRow[] = [
  ...workerRows,
  ...connectorRows,
  ...stateRows,
  ...offsetRows,
];

import type { MetadataDelta } from './delta.ts';
import type { ImageState } from './image.ts';
import type { ValueOfRecord } from './record.ts';

export function replayAcl(
  state: ImageState,
  record: ValueOfRecord<'AccessControlEntryRecord'>,
  delta: MetadataDelta,
): void {
  state.acls.set(record.id, record);
  delta.noteSecurityChanged();
}

export function replayAclRemoval(
  state: ImageState,
  { id }: ValueOfRecord<'RemoveAccessControlEntryRecord'>,
  delta: MetadataDelta,
): void {
  noteRemoval(state, state.acls.delete(id), delta);
}

export function replayScramCredential(
  state: ImageState,
  record: ValueOfRecord<'UserScramCredentialRecord'>,
  delta: MetadataDelta,
): void {
  // Decoded bytes are slices of a log buffer that may be used again.
  state.scramCredentials.set(`${record.name}/${record.mechanism}`, {
    ...record,
    salt: Buffer.from(record.salt),
    storedKey: Buffer.from(record.storedKey),
    serverKey: Buffer.from(record.serverKey),
  });
  delta.noteSecurityChanged();
}

export function replayScramCredentialRemoval(
  state: ImageState,
  { name, mechanism }: ValueOfRecord<'RemoveUserScramCredentialRecord'>,
  delta: MetadataDelta,
): void {
  noteRemoval(state, state.scramCredentials.delete(`${name}/${mechanism}`), delta);
}

export function replayDelegationToken(
  state: ImageState,
  record: ValueOfRecord<'DelegationTokenRecord'>,
  delta: MetadataDelta,
): void {
  state.delegationTokens.set(record.tokenId, record);
  delta.noteSecurityChanged();
}

export function replayDelegationTokenRemoval(
  state: ImageState,
  { tokenId }: ValueOfRecord<'RemoveDelegationTokenRecord'>,
  delta: MetadataDelta,
): void {
  noteRemoval(state, state.delegationTokens.delete(tokenId), delta);
}

function noteRemoval(state: ImageState, wasThere: boolean, delta: MetadataDelta): void {
  if (wasThere) delta.noteSecurityChanged();
  else state.ignoredRecords++;
}

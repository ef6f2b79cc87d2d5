import { bool, data, type MessageOf, string } from '../schema/index.ts';

/** A principal as Envelope carries it, behind an int16 version. */
export const defaultPrincipalData = data({
  name: 'DefaultPrincipalData',
  versions: '0',
  flexible: '0+',
  fields: {
    type: string(),
    name: string(),
    tokenAuthenticated: bool(),
  },
});

/** {@link defaultPrincipalData}, decoded. */
export type DefaultPrincipalData = MessageOf<typeof defaultPrincipalData>;

/** Another one in each copy of this module. */
export const identity = Symbol('identity');

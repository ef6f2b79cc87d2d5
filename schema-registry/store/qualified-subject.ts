/** The name of the context that unqualified subjects live in. */
export const defaultContext = '.';

/** The context whose settings hold where no other does; it has no subjects. */
export const globalContext = '.__GLOBAL';

const qualified = /^:(\.[^:]*):([\s\S]*)$/;

/** The context of a subject: `:.name:subject` is qualified, all others live in the default context. */
export function contextOf(subject: string): string {
  return qualified.exec(subject)?.[1] ?? defaultContext;
}

/** The subject without its context. */
export function localSubject(subject: string): string {
  return qualified.exec(subject)?.[2] ?? subject;
}

/** The subject as it is called from outside of `context`; one that names its context itself stays. */
export function qualifiedSubject(context: string, subject: string): string {
  const [, own, local] = qualified.exec(subject) ?? [];
  if (own !== undefined) return own === defaultContext ? (local ?? '') : subject;
  return context === defaultContext ? subject : `:${context}:${subject}`;
}

/** `:.name:`, which stands for a whole context in settings; null for the default one. */
export function contextSubject(context: string): string | null {
  return context === defaultContext ? null : `:${context}:`;
}

/** Whether the subject begins as `prefix` says; `:*:` in front means in every context. */
export function matchesPrefix(subject: string, prefix: string): boolean {
  if (prefix.startsWith(':*:')) return localSubject(subject).startsWith(prefix.slice(3));
  const wanted = qualifiedSubject(defaultContext, prefix);
  return contextOf(subject) === contextOf(wanted) && localSubject(subject).startsWith(localSubject(wanted));
}

/** Values of environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What came of a text: its value, or what is wrong with it. */
export type Interpolated = { readonly text: string } | { readonly problem: string; readonly hint?: string };

const REFERENCE = /\$\$\{|\$\{([^}]*)\}?/g;
const NAME = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*)|:\?(.*))?$/s;

/**
 * Puts environment variables into a scalar: `${NAME}`, `${NAME:-default}` for unset or empty ones, `${NAME:?message}` to
 * fail with a message, and `$${` for a literal `${`.
 */
export function interpolate(text: string, environment: Environment): Interpolated {
  let problem: { readonly problem: string; readonly hint?: string } | undefined;
  const replaced = text.replace(REFERENCE, (match, body: string | undefined) => {
    if (match === '$${') return '${';
    const value = match.endsWith('}') ? resolve(body ?? '', environment) : unclosed(match);
    if ('text' in value) return value.text;
    problem ??= value;
    return match;
  });
  return problem ?? { text: replaced };
}

function unclosed(match: string): Interpolated {
  return {
    problem: `"${match}" is not closed.`,
    hint: 'Write ${NAME}, or $${ for the characters themselves.',
  };
}

function resolve(body: string, environment: Environment): Interpolated {
  const [, name, fallback, complaint] = NAME.exec(body) ?? [];
  if (name === undefined) {
    return {
      problem: `"\${${body}}" does not name an environment variable.`,
      hint: 'Write ${NAME}, ${NAME:-default} or ${NAME:?message}.',
    };
  }
  if ((fallback ?? complaint ?? '').includes('${')) {
    return {
      problem: `A reference inside a reference, as in "\${${body}", is not possible.`,
      hint: 'Write the default itself.',
    };
  }
  const value = environment[name];
  if (value !== undefined && value !== '') return { text: value };
  if (fallback !== undefined) return { text: fallback };
  if (complaint !== undefined) return { problem: `${name} is not set: ${complaint}` };
  if (value !== undefined) return { text: '' };
  return {
    problem: `The environment variable ${name} is not set.`,
    hint: `Set it, or write \${${name}:-default}, or $\${${name}} for the characters themselves.`,
  };
}

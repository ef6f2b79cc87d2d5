import type { ToolArguments } from './tool-options.ts';

/** A condition on a command line: tells what is wrong with it, or undefined. */
export type ToolRule<Name extends string = string> = (args: ToolArguments<Name>) => string | undefined;

const listed = (names: readonly string[]) => names.map((name) => `[${name}]`).join(', ');

/** Exactly one of the options is given. */
export function exactlyOne<Name extends string>(names: readonly Name[], message: string): ToolRule<Name> {
  return (args) => (names.filter((name) => args.has(name)).length === 1 ? undefined : message);
}

/** When `option` is given, so are `needed`. */
export function requires<Name extends string>(option: Name, ...needed: Name[]): ToolRule<Name> {
  return (args) => {
    if (!args.has(option)) return undefined;
    const missing = needed.find((name) => !args.has(name));
    return missing === undefined ? undefined : `Missing required argument "[${missing}]"`;
  };
}

/** When `option` is given, none of `others` is. */
export function excludes<Name extends string>(option: Name, ...others: Name[]): ToolRule<Name> {
  return (args) => {
    const other = args.has(option) ? others.find((name) => args.has(name)) : undefined;
    return other === undefined ? undefined : `Option "[${option}]" can't be used with option "[${other}]"`;
  };
}

/** `option` makes sense only together with one of `actions`; names the one of `all` that was given instead. */
export function onlyWith<Name extends string>(
  option: Name,
  actions: readonly Name[],
  all: readonly Name[],
): ToolRule<Name> {
  return excludes(option, ...all.filter((action) => !actions.includes(action)));
}

/** When `option` is given, at least one of `choices` is. */
export function takesOneOf<Name extends string>(option: Name, ...choices: Name[]): ToolRule<Name> {
  return (args) =>
    !args.has(option) || choices.some((name) => args.has(name))
      ? undefined
      : `Option [${option}] takes one of these options: ${listed(choices)}`;
}

/** When `option` is given, at most one of `choices` is. */
export function takesAtMostOneOf<Name extends string>(option: Name, ...choices: Name[]): ToolRule<Name> {
  return (args) =>
    !args.has(option) || choices.filter((name) => args.has(name)).length <= 1
      ? undefined
      : `Option [${option}] takes at most one of these options: ${listed(choices)}`;
}

/** The whole number after `--name`, or `ifAbsent`. */
export function wholeOption(args: readonly string[], name: string, ifAbsent: number): number {
  const at = args.indexOf(`--${name}`);
  if (at === -1) return ifAbsent;
  const text = args[at + 1] ?? '';
  if (!/^\d+$/.test(text)) throw new Error(`--${name} needs a whole number, such as --${name} ${ifAbsent}.`);
  return Number(text);
}

/** Throws at the first option that the words on how to use the program do not name. */
export function refuseUnknown(args: readonly string[], usage: string): void {
  const known = new Set(usage.match(/--[a-z][a-z-]*/g));
  const unknown = args.find((arg) => /^-+[a-z]/i.test(arg) && !known.has(arg));
  if (unknown !== undefined) throw new Error(`${unknown} is not known.`);
}

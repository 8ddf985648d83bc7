/** The whole number after `--name`, or `ifAbsent`. */
export function wholeOption(args: readonly string[], name: string, ifAbsent: number): number {
  const at = args.indexOf(`--${name}`);
  if (at === -1) return ifAbsent;
  const text = args[at + 1] ?? '';
  if (!/^\d+$/.test(text)) throw new Error(`--${name} needs a whole number, such as --${name} ${ifAbsent}.`);
  return Number(text);
}

import { type Command, Option } from 'commander';
import type { z } from 'zod';
import type { Answer } from './answer.js';
import type { Cli } from './cli.js';
import { UsageError } from './usage-error.js';

export interface LeafSpec<S extends z.ZodObject> {
  readonly name: string;
  /** One sentence, shown by --help. */
  readonly about: string;
  /** Such as `<person>`; its value is option `person`. Only one, and the schema says how it is read. */
  readonly argument?: readonly [syntax: string, about: string];
  /** commander's syntax with what it means. */
  readonly options?: readonly (readonly [syntax: string, about: string])[];
  /** Settings that are more than one command's, such as the schedule. */
  readonly schema: S;
  run(values: z.output<S>, cli: Cli): Promise<Answer>;
}

/** Adds one command that answers; `--json` and the reading of its options are the same for all. */
export function leaf<S extends z.ZodObject>(parent: Command, cli: Cli, spec: LeafSpec<S>): void {
  const command = parent.command(spec.name).description(spec.about);
  if (spec.argument) command.argument(...spec.argument);
  for (const [syntax, about] of spec.options ?? []) command.addOption(new Option(syntax, about));
  if ('enterprise' in spec.schema.shape) {
    command.option('--enterprise <id>', 'which enterprise; may be left out where there is one');
  }
  command.option('--json', 'answer with one JSON document on stdout');
  command.action(async () => {
    const argument = spec.argument && nameOfArgument(spec.argument[0]);
    const raw = { ...command.opts(), ...(argument === undefined ? {} : { [argument]: command.args[0] }) };
    refuseBlank(raw, argument);
    const values = parseValues(spec.schema, raw);
    await cli.answer(await spec.run(values, cli));
  });
}

/** A family of commands, such as `people`. */
export function family(program: Command, name: string, about: string): Command {
  return program.command(name).description(about);
}

function nameOfArgument(syntax: string): string {
  return syntax.replace(/[<>[\].]/g, '');
}

/** Options and arguments that name something, which no empty text does: a variable of a script was not set. */
const NAMES: readonly string[] = [
  ...['enterprise', 'organisation', 'team', 'addTeam', 'removeTeam', 'mapping', 'group', 'tenant', 'subscription'],
  ...['person', 'with', 'user', 'token', 'activity', 'message', 'notice', 'problem', 'decision', 'subject'],
  ...['run', 'plan', 'change', 'code'],
];

function refuseBlank(values: Readonly<Record<string, unknown>>, argument: string | undefined): void {
  const isBlank = (value: unknown) => typeof value === 'string' && value.trim() === '';
  const blank = NAMES.find((name) => [values[name]].flat().some(isBlank));
  if (blank === undefined) return;
  throw new UsageError(`${blank === argument ? `The argument <${blank}>` : optionOf(blank)} is empty.`, blank);
}

function optionOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function parseValues<S extends z.ZodObject>(schema: S, raw: Record<string, unknown>): z.output<S> {
  const { json: _json, ...values } = raw;
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0] ?? '');
  const option = optionOf(name);
  const isMissing = values[name] === undefined;
  throw new UsageError(isMissing ? `${option} is missing.` : `${option} ${issue?.message}.`, name);
}

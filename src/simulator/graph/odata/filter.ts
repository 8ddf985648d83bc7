import type { DirectoryObject, ObjectKind } from './object-kind.js';

type Test = (object: DirectoryObject) => boolean;
type Literal = string | boolean | null;

export type Filter =
  | { readonly kind: 'filter'; readonly test: Test; readonly advanced: boolean }
  | { readonly kind: 'invalid'; readonly code: string; readonly message: string };

/** Up to this many values after `in` or clauses joined with `or` (text of the service's own error). */
const MAX_CLAUSES = 15;

/** Properties that Graph lets one filter on among those kept here (Microsoft, user and group resource types). */
const FILTERABLE = new Set(
  `id displayName givenName surname mail userPrincipalName mailNickname accountEnabled userType department country
  usageLocation city jobTitle employeeId companyName securityEnabled mailEnabled createdDateTime description visibility
  onPremisesSyncEnabled`.split(/\s+/),
);

/** `@1` stands for the second text literal: texts are taken out first, so that words in them mean nothing. */
const CALL = /^(startswith|endswith|contains)\((\w+),\s*(@\d+)\)$/i;
const COMPARISON = /^(\w+) (eq|ne) (@\d+|true|false|null)$/i;
const MEMBERSHIP = /^(\w+) in \(\s*(@\d+(?:\s*,\s*@\d+)*)\s*\)$/i;

/** Reads a $filter: eq, ne, in, startswith, endswith, not, joined with `and` and `or` without brackets. */
export function readFilter(text: string, kind: ObjectKind): Filter {
  const texts: string[] = [];
  const bare = text.replace(
    /'((?:[^']|'')*)'/g,
    (_, value: string) => `@${texts.push(value.replaceAll("''", "'")) - 1}`,
  );
  const literal = (name: string): Literal =>
    name.startsWith('@') ? (texts[Number(name.slice(1))] ?? null) : name === 'null' ? null : name === 'true';
  const alternatives: (readonly Test[])[] = [];
  let advanced = false;
  for (const alternative of bare.trim().split(/\s+or\s+/i)) {
    const tests: Test[] = [];
    for (const clause of alternative.split(/\s+and\s+/i)) {
      const read = readClause(clause.trim(), kind, literal);
      if (read.kind === 'invalid') return read;
      tests.push(read.test);
      advanced ||= read.advanced;
    }
    alternatives.push(tests);
  }
  if (alternatives.length > MAX_CLAUSES) return tooMany(alternatives.length);
  const test: Test = (object) => alternatives.some((tests) => tests.every((each) => each(object)));
  return { kind: 'filter', test, advanced };
}

function readClause(clause: string, kind: ObjectKind, literal: (name: string) => Literal): Filter {
  const negated = /^not\b\s*(?:\((.+)\)|(.+))$/i.exec(clause);
  if (negated !== null) {
    const inner = readClause((negated[1] ?? negated[2] ?? '').trim(), kind, literal);
    return inner.kind === 'invalid' ? inner : { ...inner, test: (object) => !inner.test(object), advanced: true };
  }
  const [, name = '', operator = '', operands = ''] =
    COMPARISON.exec(clause) ?? inOrder(CALL.exec(clause)) ?? inMembership(MEMBERSHIP.exec(clause)) ?? [];
  if (name === '') return invalid('Request_BadRequest', `Invalid filter clause: Syntax error at '${clause}'.`);
  if (!(name in kind.properties)) {
    const message = `Could not find a property named '${name}' on type 'microsoft.graph.${kind.name}'.`;
    return invalid('Request_BadRequest', `Invalid filter clause: ${message}`);
  }
  if (!FILTERABLE.has(name)) {
    return invalid('Request_UnsupportedQuery', `Unsupported or invalid query filter clause specified for '${name}'.`);
  }
  if (operator.toLowerCase() === 'contains') {
    return invalid('Request_UnsupportedQuery', "Function 'contains' is not supported.");
  }
  const wanted = operands.split(/\s*,\s*/).map(literal);
  if (wanted.length > MAX_CLAUSES) return tooMany(wanted.length);
  const compare = OPERATORS[operator.toLowerCase()] ?? same;
  const test: Test = ({ properties }) => wanted.some((each) => compare(properties[name], each));
  return { kind: 'filter', test, advanced: ['ne', 'endswith'].includes(operator.toLowerCase()) };
}

const OPERATORS: Readonly<Record<string, (value: unknown, wanted: Literal) => boolean>> = {
  ne: (value, wanted) => !same(value, wanted),
  startswith: (value, wanted) => lower(value)?.startsWith(lower(wanted) ?? '') ?? false,
  endswith: (value, wanted) => lower(value)?.endsWith(lower(wanted) ?? '') ?? false,
};

/** Texts are compared without regard to capitals. */
function same(value: unknown, wanted: Literal): boolean {
  return typeof wanted === 'string' ? lower(value) === lower(wanted) : (value ?? null) === wanted;
}

function lower(value: unknown): string | null {
  return typeof value === 'string' ? value.toLowerCase() : null;
}

/** A call and a membership in the order of a comparison: name, operator, operands. */
function inOrder(call: RegExpExecArray | null): readonly string[] | null {
  return call && [call[0], call[2] ?? '', call[1] ?? '', call[3] ?? ''];
}

function inMembership(match: RegExpExecArray | null): readonly string[] | null {
  return match && [match[0], match[1] ?? '', 'in', match[2] ?? ''];
}

function tooMany(count: number): Filter {
  const message = "Too many child clauses specified in search filter expression containing 'OR' operators";
  return invalid('Request_UnsupportedQuery', `${message}: ${count}. Max allowed: ${MAX_CLAUSES}.`);
}

function invalid(code: string, message: string): Filter {
  return { kind: 'invalid', code, message };
}

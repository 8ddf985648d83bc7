import { emailKeyOf } from '../email-address.js';
import {
  FIELD_TARGETS,
  type FieldSource,
  type Fields,
  type FieldTarget,
  type PlannedChange,
  type PresentRecord,
  type Problem,
  type Projection,
} from '../types.js';
import { readFieldValue } from '../values/field-value.js';
import { FIELD_LABELS } from './field-labels.js';
import { fieldProblem } from './field-problems.js';

export interface FieldsInput {
  /** Raw text of a source; undefined where it was not read. */
  rawOf(source: FieldSource): string | null | undefined;
  readonly mappings: Readonly<Record<FieldTarget, FieldSource | null>>;
  readonly record: Pick<PresentRecord, 'fields' | 'lastSynced'> | null;
  readonly organisationCountry: string | null;
  /** There is no mailbox to ask for a time zone (E41). */
  readonly hasNoMailbox?: boolean;
}

/** What the six mapped fields of a person come to. */
export interface ProjectedFields extends Pick<Projection, 'gives' | 'takes' | 'lastSynced' | 'problems'> {
  readonly after: Fields;
}

interface Settled {
  readonly after: string | null;
  /** What Entra gave last, once this is written; undefined where this reading does not tell. */
  readonly given: string | null | undefined;
  readonly problem: Problem | null;
}

const NO_FIELDS: Fields = {
  firstName: null,
  lastName: null,
  email: null,
  mobilePhone: null,
  country: null,
  timeZone: null,
};

/** Country first: phone numbers and time zones are read with it. */
const ORDER = ['country', ...FIELD_TARGETS.filter((target) => target !== 'country')] as const;

/** Reads the mapped fields and says what would change, with provenance (E32 to E35). */
export function projectFields(input: FieldsInput): ProjectedFields {
  const before = input.record?.fields ?? NO_FIELDS;
  const after: Record<FieldTarget, string | null> = { ...before };
  const lastSynced: Partial<Record<FieldTarget, string | null>> = {};
  const gives: PlannedChange[] = [];
  const takes: { taking: 'email_change' | 'clear'; change: PlannedChange }[] = [];
  const problems: Problem[] = [];
  for (const target of ORDER) {
    const source = input.mappings[target];
    if (source === null) continue;
    const settled = settle(input, { target, source, country: after.country });
    after[target] = settled.after;
    if (settled.given !== undefined) lastSynced[target] = settled.given;
    if (settled.problem) problems.push(settled.problem);
    if (settled.after === before[target]) continue;
    const change = update({ target, source, before: before[target], after: settled.after });
    const taking = takingOf(change);
    if (taking) takes.push({ taking, change });
    else gives.push(change);
  }
  return { after, gives, takes, problems, lastSynced };
}

function settle(
  { rawOf, record, organisationCountry, hasNoMailbox = false }: FieldsInput,
  { target, source, country }: { target: FieldTarget; source: FieldSource; country: string | null },
): Settled {
  const value = readFieldValue(target, rawOf(source), { country, organisationCountry });
  const present = record?.fields[target] ?? null;
  const problem = fieldProblem({ target, source, value, isNewcomer: record === null, hasNoMailbox });
  switch (value.state) {
    case 'unread':
    case 'unusable':
      return { after: present, given: undefined, problem };
    case 'blank':
      return { after: afterBlank(target, record), given: target === 'email' ? undefined : null, problem };
    case 'value': {
      const after = target === 'email' && isSameAddress(present, value.value) ? present : value.value;
      return { after, given: after, problem };
    }
  }
}

/** Another spelling of the same address is no change (E22). */
function isSameAddress(present: string | null, wanted: string): boolean {
  return present === wanted || (present !== null && emailKeyOf(present) === emailKeyOf(wanted));
}

/** Blank takes away only what came from Entra; what a person typed stays, and an address always does (E29, E33). */
function afterBlank(target: FieldTarget, record: FieldsInput['record']): string | null {
  const present = record?.fields[target] ?? null;
  if (target === 'email' || present === null) return present;
  return record?.lastSynced[target] === present ? null : present;
}

type Update = PlannedChange & { kind: 'update' };

function takingOf({ field, before, after }: Update): 'email_change' | 'clear' | null {
  if (before === null) return null;
  if (after === null) return 'clear';
  return field === 'email' ? 'email_change' : null;
}

function update(facts: { target: FieldTarget; source: FieldSource } & Pick<Update, 'before' | 'after'>): Update {
  const { target, source, before, after } = facts;
  const label = FIELD_LABELS[target];
  const why =
    after === null
      ? `${label} came from ${named(source)}, which is empty now.`
      : before === null
        ? `${label} is filled from ${named(source)}.`
        : `${label} follows ${named(source)}, which has another value.`;
  return { kind: 'update', field: target, before, after, why };
}

/** A source in words: one of them is not Entra's. */
function named(source: FieldSource): string {
  return source === 'organisation.timeZone' ? "the organisation's time zone" : `${source} in Microsoft Entra ID`;
}

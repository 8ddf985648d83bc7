import type { FieldSource, FieldTarget, Problem, ProblemCode } from '../types.js';
import type { FieldValue } from '../values/field-value.js';
import { FIELD_LABELS } from './field-labels.js';

/** Raw text longer than this is cut in messages. */
const RAW_SHOWN_MOST = 100;

const REMEDIES: Readonly<Partial<Record<ProblemCode, string>>> = {
  email_invalid: 'Correct the address in Microsoft Entra ID, or choose another source for Email Address.',
  phone_unparseable: 'Correct the number in Microsoft Entra ID, with its country code, such as +64 22 518 9900.',
  country_unknown: 'Use the country name or its two-letter code in Microsoft Entra ID, such as NZ.',
  timezone_unknown: "Choose a standard time zone in the person's mailbox settings.",
};

/** Told so that nobody waits for a zone; what is there stays, since a licence may only be missing for a while (E41). */
const NO_MAILBOX = {
  code: 'field_blank',
  message: 'Time Zone comes from the mailbox, and the person has none in Exchange Online.',
  remedy: 'Give the person a mailbox, or choose another source for Time Zone in Field Mappings.',
} as const;

export interface FieldProblemFacts {
  readonly target: FieldTarget;
  readonly source: FieldSource;
  readonly value: FieldValue;
  /** The person has no record yet and cannot get one without an address. */
  readonly isNewcomer: boolean;
  readonly hasNoMailbox: boolean;
}

/** What is wrong with what a source says, or null; the message shows the raw text beside (S39, E36). */
export function fieldProblem(facts: FieldProblemFacts): Problem | null {
  const { target, source, value, isNewcomer, hasNoMailbox } = facts;
  const severity = target === 'email' && isNewcomer ? 'error' : 'warning';
  const about = { subject: target, severity } as const;
  switch (value.state) {
    case 'value':
      return null;
    case 'blank':
      return target === 'email' ? emailMissing(about, `${source} is empty`) : { ...about, ...blank(target, source) };
    case 'unread':
      if (source === 'mailboxSettings.timeZone' && hasNoMailbox) return { ...about, ...NO_MAILBOX };
      return target === 'email' && isNewcomer ? emailMissing(about, `${source} could not be read`) : null;
    case 'unusable':
      return {
        ...about,
        code: value.code,
        message: `${FIELD_LABELS[target]}: "${value.raw.slice(0, RAW_SHOWN_MOST)}" in ${source} cannot be used.${kept(isNewcomer)}`,
        remedy: REMEDIES[value.code] ?? 'Correct the value in Microsoft Entra ID.',
      };
  }
}

function kept(isNewcomer: boolean): string {
  return isNewcomer ? '' : ' The present value is kept.';
}

function blank(target: FieldTarget, source: FieldSource): Pick<Problem, 'code' | 'message' | 'remedy'> {
  return {
    code: 'field_blank',
    message: `${FIELD_LABELS[target]} has no value at its source: ${source} is empty in Microsoft Entra ID.`,
    remedy: `Fill ${source} in Microsoft Entra ID, or choose another source in Field Mappings.`,
  };
}

function emailMissing(about: Pick<Problem, 'subject' | 'severity'>, what: string): Problem {
  const outcome = about.severity === 'error' ? 'The person is not imported.' : 'The present address is kept.';
  return {
    ...about,
    code: 'email_missing',
    message: `Email Address is mandatory, but ${what} in Microsoft Entra ID. ${outcome}`,
    remedy: 'Fill the attribute in Microsoft Entra ID, or choose another source for Email Address.',
  };
}

import type { EmailHolder, Rival } from '../../../src/projection/claims.js';
import { emailKeyOf } from '../../../src/projection/email-address.js';
import { project } from '../../../src/projection/project.js';
import { openChains } from '../../../src/projection/rules/address-chains.js';
import type { PresentRecord } from '../../../src/projection/types.js';
import type { Draft } from '../../../src/sync/plan/decide.js';
import { claimOf, settleEmails, wishOf } from '../../../src/sync/plan/settle-emails.js';
import { anInput, present } from '../../unit/projection/a-projection-input.js';
import { applyProjection } from './apply-projection.js';

/** Records, mirror and directory in memory, worked by the same rules as the real ones. */
export interface AddressWorld {
  /** What the directory says from now on; null: the account is disabled. */
  setMail(objectId: string, mail: string | null): void;
  /** Reads people and applies them in one batch, with whoever their addresses hang on. */
  apply(objectIds: readonly string[], rivals?: ReadonlyMap<string, readonly Rival[]>): void;
  /** Reads one by one whoever was told of a freed address, until nobody is left. */
  drain(): void;
  /** Who wants which address anew, where several do: what a survey of a run finds. */
  rivals(): ReadonlyMap<string, readonly Rival[]>;
  /** Address in use by object id; null where there is none. */
  emails(): Record<string, string | null>;
  /** Everybody who was ever refused an address. */
  readonly refused: ReadonlySet<string>;
}

interface Person {
  mail: string | null;
  record: PresentRecord | null;
  /** As the mirror has it. */
  wish: string | null;
  waitsFor: string | null;
}

export function createAddressWorld({
  people,
  byHand = [],
}: {
  /** Object ids with the address they have in GetHomeSafe and in the directory; null: nobody knows them yet. */
  readonly people: Readonly<Record<string, string | null>>;
  /** Addresses of profiles that only GetHomeSafe knows. */
  readonly byHand?: readonly string[];
}): AddressWorld {
  const persons = new Map<string, Person>();
  const refused = new Set<string>();
  const told = new Set<string>();
  for (const [objectId, mail] of Object.entries(people)) {
    persons.set(objectId, { mail, record: null, wish: null, waitsFor: null });
  }
  apply(Object.keys(people));

  return {
    setMail: (objectId, mail) => {
      of(objectId).mail = mail;
    },
    apply,
    drain: () => {
      for (let [next] = told; next !== undefined; [next] = told) {
        told.delete(next);
        apply([next]);
      }
    },
    rivals: () => {
      const wanting = new Map<string, Rival[]>();
      for (const draft of [...persons.keys()].map(draftOf)) {
        const { objectId, recordId, currentKey, wantedKey } = wishOf(draft);
        if (wantedKey === null || wantedKey === currentKey) continue;
        wanting.set(wantedKey, [...(wanting.get(wantedKey) ?? []), { objectId, hasRecord: recordId !== null }]);
      }
      return new Map([...wanting].filter(([, rivals]) => rivals.length > 1));
    },
    emails: () => Object.fromEntries([...persons].map(([objectId, { record }]) => [objectId, keyOf(record)])),
    refused,
  };

  function of(objectId: string): Person {
    const person = persons.get(objectId);
    if (!person) throw new Error(`nobody is ${objectId}`);
    return person;
  }

  function apply(objectIds: readonly string[], rivals: ReadonlyMap<string, readonly Rival[]> = new Map()): void {
    const drafts = objectIds.map(draftOf);
    for (let missing = missingIn(drafts); missing.length > 0; missing = missingIn(drafts))
      drafts.push(...missing.map(draftOf));
    const here = new Set(drafts.map(({ read }) => read.objectId));
    const before = heldKeys();
    const settled = settleEmails(drafts, { holders: holders(), rivals: rivalsBeyond(here, rivals) });
    const withdrawn: string[] = [];
    for (const { draft, waitsForEmail } of settled) {
      const { objectId } = draft.read;
      const person = of(objectId);
      const record = applyProjection(person.record, draft.projection);
      if (waitsForEmail !== null) refused.add(objectId);
      if (person.wish !== null && person.wish !== draft.projection.wantedEmailKey) withdrawn.push(person.wish);
      const id = person.record?.id ?? `record of ${objectId}`;
      Object.assign(person, { record: record && { ...record, id }, waitsFor: waitsForEmail });
      person.wish = draft.projection.wantedEmailKey;
    }
    const after = heldKeys();
    expect(after).toHaveLength(new Set(after).size);
    for (const key of [...before, ...withdrawn]) if (!after.includes(key)) tell(key);
  }

  function tell(key: string): void {
    for (const [objectId, { waitsFor }] of persons) if (waitsFor === key) told.add(objectId);
  }

  /** What one read of the person means, as far as addresses go. */
  function draftOf(objectId: string): Draft {
    const { mail, record } = of(objectId);
    const reading = present(mail === null ? {} : { mail }, { accountEnabled: mail !== null });
    const projection = project(anInput({ objectId, record, reading }));
    const key = keyOf(record);
    const user = record && { _id: record.id, ...(key === null ? {} : { emailKey: key }) };
    return { read: { objectId }, user, projection, mayTake: true } as unknown as Draft;
  }

  function missingIn(drafts: readonly Draft[]): string[] {
    const claims = drafts.map((draft) => claimOf(draft));
    return openChains({ claims, holders: holders() }).flatMap(({ missing }) => missing);
  }

  function heldKeys(): string[] {
    return [...byHand, ...[...persons.values()].flatMap(({ record }) => keyOf(record) ?? [])];
  }

  function holders(): Map<string, EmailHolder> {
    const all = new Map<string, EmailHolder>();
    for (const key of byHand)
      all.set(key, { recordId: `by hand ${key}`, origin: 'manual', linkedObjectId: null, sameEnterprise: true });
    for (const [objectId, { record }] of persons) {
      const key = keyOf(record);
      if (record && key !== null)
        all.set(key, { recordId: record.id, origin: 'entra', linkedObjectId: objectId, sameEnterprise: true });
    }
    return all;
  }

  function rivalsBeyond(
    here: ReadonlySet<string>,
    told: ReadonlyMap<string, readonly Rival[]>,
  ): Map<string, readonly Rival[]> {
    const all = new Map<string, readonly Rival[]>();
    for (const [key, rivals] of told)
      all.set(
        key,
        rivals.filter(({ objectId }) => !here.has(objectId)),
      );
    for (const [objectId, { wish, record }] of persons)
      if (wish !== null && !here.has(objectId))
        all.set(wish, [...(all.get(wish) ?? []), { objectId, hasRecord: record !== null }]);
    return all;
  }
}

/** The address in use: archived profiles leave theirs to others. */
function keyOf(record: PresentRecord | null): string | null {
  if (record === null || record.status === 'archived' || record.fields.email === null) return null;
  return emailKeyOf(record.fields.email);
}

import fc from 'fast-check';
import { type EmailHolder, settleClaims } from '../../../src/projection/claims.js';
import { emailKeyOf } from '../../../src/projection/email-address.js';
import { settleLeaders } from '../../../src/projection/leaders.js';
import { project } from '../../../src/projection/project.js';
import { refuse } from '../../../src/projection/refuse.js';
import type { PresentRecord, Projection, ProjectionInput, Reading } from '../../../src/projection/types.js';
import { applyProjection } from './apply-projection.js';
import { groups, ORGANISATIONS, organisationOf, reading, record, rules, TEAMS } from './arbitrary-input.js';

const RUNS = { numRuns: 1_000 };

interface Person {
  readonly objectId: string;
  readonly reading: Reading;
  readonly record: PresentRecord | null;
}

interface Batch {
  readonly people: readonly Person[];
  readonly ground: Pick<ProjectionInput, 'rules' | 'groups' | 'organisations'>;
  /** Leaders of each team who are not in the batch. */
  readonly elsewhere: readonly number[];
}

const ADDRESSES = ['p0@contoso.com', 'p1@contoso.com', 'p2@contoso.com', 'new@contoso.com', 'P1@Contoso.com', null];

/** Somebody who wants one of a few addresses, so that people get into each other's way. */
const person = fc
  .record({ reading, record: fc.option(record, { freq: 4 }), mail: fc.constantFrom(...ADDRESSES) })
  .map(({ reading: seen, record: present, mail }) => ({
    record: present,
    reading:
      seen.state === 'present'
        ? { ...seen, attributes: { ...seen.attributes, values: { ...seen.attributes.values, mail } } }
        : seen,
  }));

const batch: fc.Arbitrary<Batch> = fc
  .record({
    people: fc.array(person, { minLength: 2, maxLength: 5 }),
    ground: fc.record({ rules, groups, organisations: fc.constant(ORGANISATIONS) }),
    elsewhere: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
  })
  .map(({ people, ground, elsewhere }) => ({
    ground: { ...ground, rules: { ...ground.rules, fields: { ...ground.rules.fields, email: 'mail' } } },
    elsewhere,
    people: people.map(({ record: present, ...rest }, index) => {
      const email = `p${index}@contoso.com`;
      const own = present && { ...present, id: `r${index}`, fields: { ...present.fields, email } };
      return { ...rest, objectId: `o${index}`, record: own };
    }),
  }));

/** Everything that is settled over a batch, in the order in which the service does it. */
function plan({ people, ground, elsewhere }: Batch): Map<string, Projection> {
  const teams = new Map(
    TEAMS.map((id, index) => {
      const leaderCount = (elsewhere[index] ?? 0) + people.filter((each) => leads(each, id)).length;
      return [id, { id, organisationId: organisationOf(id), leaderCount }];
    }),
  );
  const drafts = people.map(({ objectId, reading: seen, record: present }) => ({
    projection: project({ objectId, reading: seen, record: present, teams, ...ground }),
    record: present,
  }));
  const kept = settleLeaders({ people: drafts, teams });
  const claims = kept.map((projection, index) => ({
    objectId: projection.objectId,
    recordId: people[index]?.record?.id ?? null,
    currentKey: keyOf(people[index]?.record ?? null),
    wantedKey: projection.wantedEmailKey,
  }));
  const holders = new Map<string, EmailHolder>();
  for (const { objectId, recordId, currentKey: key } of claims)
    if (key && recordId)
      holders.set(key, { recordId, origin: 'entra', linkedObjectId: objectId, sameEnterprise: true });
  const verdicts = settleClaims({ claims, holders, rivals: new Map() });
  return new Map(
    kept.map((projection) => {
      const verdict = verdicts.get(projection.objectId);
      const refused = verdict?.outcome === 'refused';
      return [projection.objectId, refused ? refuse(projection, verdict.refusal) : projection];
    }),
  );
}

function leads({ record: present }: Person, team: string): boolean {
  if (present === null || present.status === 'archived') return false;
  return present.memberships.some(({ teamId, isLeader }) => isLeader && teamId === team);
}

function keyOf(present: PresentRecord | null): string | null {
  if (present === null || present.status === 'archived' || present.fields.email === null) return null;
  return emailKeyOf(present.fields.email);
}

function written(given: Batch): Batch {
  const projections = plan(given);
  const people = given.people.map((each) => {
    const projection = projections.get(each.objectId);
    const after = projection ? applyProjection(each.record, projection) : each.record;
    return { ...each, record: after && { ...after, id: `r${each.objectId.slice(1)}` } };
  });
  return { ...given, people };
}

function changesOf(given: Batch): unknown[] {
  return [...plan(given).values()].flatMap(({ gives, takes }) => [...gives, ...takes]);
}

test('the order of people does not matter for a plan over a batch', () => {
  const shuffled = batch.chain((given) =>
    fc.tuple(fc.constant(given), fc.shuffledSubarray([...given.people], { minLength: given.people.length })),
  );
  fc.assert(
    fc.property(shuffled, ([given, people]) => {
      const [before, after] = [plan(given), plan({ ...given, people })];
      for (const { objectId } of people) expect(after.get(objectId)).toEqual(before.get(objectId));
    }),
    RUNS,
  );
});

test('planning and writing a batch again and again comes to rest, at the latest once everybody had a turn', () => {
  fc.assert(
    fc.property(batch, (given) => {
      let now = given;
      for (let turn = 0; turn <= given.people.length; turn += 1) now = written(now);
      expect(changesOf(now)).toEqual([]);
    }),
    RUNS,
  );
});

test('after every turn each address has one holder, and no team has lost its last two leaders', () => {
  fc.assert(
    fc.property(batch, (given) => {
      const after = written(given);
      const keys = after.people.flatMap((each) => keyOf(each.record) ?? []);
      expect(keys).toHaveLength(new Set(keys).size);
      TEAMS.forEach((team, index) => {
        const leadersOf = ({ people }: Batch) =>
          (given.elsewhere[index] ?? 0) + people.filter((each) => leads(each, team)).length;
        expect(leadersOf(after)).toBeGreaterThanOrEqual(Math.min(2, leadersOf(given)));
      });
    }),
    RUNS,
  );
});

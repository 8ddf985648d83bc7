import fc from 'fast-check';
import { emailKeyOf } from '../../../src/projection/email-address.js';
import { project } from '../../../src/projection/project.js';
import type { FieldTarget, Membership, ProjectionInput } from '../../../src/projection/types.js';
import { rule } from '../../../src/projection/verdicts/rule.js';
import { applyChanges, ledgerEntries, presentRecord } from '../../../src/records/apply-changes.js';
import type { UserRow } from '../../../src/records/types.js';
import { planUndo } from '../../../src/records/undo/plan-undo.js';
import { anInput, present } from '../../unit/projection/a-projection-input.js';

const now = new Date('2026-11-01T00:00:00Z');
const cause = { by: 'run', traceId: null, runId: 'r1', graphRequestId: null } as const;

/** No activity is open. */
const NOT_OUT = { hasOpenActivity: false };

const value = (...texts: string[]) => fc.constantFrom(null, ...texts);
const membership = (teamId: string): fc.Arbitrary<Membership[]> =>
  fc.oneof(
    fc.constant<Membership[]>([]),
    fc
      .record({
        teamId: fc.constant(teamId),
        isLeader: fc.boolean(),
        manual: fc.boolean(),
        mappingIds: fc.subarray([teamId.replace('team-', '')]),
      })
      .filter(({ manual, mappingIds }) => manual || mappingIds.length > 0)
      .map((each) => [each]),
  );

const user: fc.Arbitrary<UserRow> = fc
  .record({
    fields: fc.record({
      firstName: value('Anna', 'Nan'),
      lastName: value('Aroha'),
      email: fc.constantFrom('anna@contoso.com', 'old@contoso.com'),
      mobilePhone: value('+64225189900', '+64211111111'),
      country: value('NZ', 'AU'),
      timeZone: value('Pacific/Auckland'),
    }),
    given: fc.subarray<FieldTarget>(['firstName', 'lastName', 'email', 'mobilePhone', 'country', 'timeZone']),
    status: fc.constantFrom('active' as const, 'invited' as const, 'archived' as const),
    statusBeforeArchive: fc.constantFrom('active' as const, 'invited' as const),
    teams: fc.tuple(membership('team-1'), membership('team-2')),
  })
  .map(({ fields, given, status, statusBeforeArchive, teams }) => {
    const isArchived = status === 'archived';
    const key = emailKeyOf(fields.email) ?? '';
    const lastSynced = Object.fromEntries(given.map((field) => [field, fields[field]]));
    return {
      ...{ _id: 'u1', enterpriseId: 'e1', organisationId: 'org-a', status },
      archivedReason: isArchived ? ('sync_disabled' as const) : null,
      archivedAt: isArchived ? now : null,
      ...(isArchived ? { statusBeforeArchive } : {}),
      ...{ origin: 'entra' as const, isAccountAdmin: false, ...fields },
      ...(isArchived ? { formerEmailKey: key } : { formerEmailKey: null, emailKey: key }),
      memberships: teams.flat(),
      entra: { tenantId: 't1', objectId: 'anna', linkedBy: 'sync' as const, linkedAt: now, lastSynced },
      ...{ createdAt: now, updatedAt: now },
    };
  });

const reading = fc
  .record({
    givenName: value('Anna', 'Annabel', '  '),
    surname: value('Aroha', 'Smith'),
    mail: value('anna@contoso.com', 'new@contoso.com'),
    mobilePhone: value('022 518 9900', 'x123'),
    country: value('NZ', 'Congo'),
    groupIds: fc.subarray(['group-1', 'group-2']),
    accountEnabled: fc.boolean(),
  })
  .map(({ groupIds, accountEnabled, ...values }) => present(values, { groupIds, accountEnabled }));

interface Case {
  readonly input: ProjectionInput;
  readonly before: UserRow | null;
}

const cases: fc.Arbitrary<Case> = fc.record({ before: fc.option(user), reading }).map(({ before, reading: seen }) => ({
  before,
  input: anInput({ reading: seen, record: before && presentRecord(before, NOT_OUT) }),
}));

function applied({ input, before }: Case) {
  const projection = project(input);
  const accepted = [
    ...projection.gives.map((change) => ({ change, taking: null, approved: false })),
    ...projection.takes.map(({ change, taking }) => ({ change, taking, approved: false })),
  ];
  let ids = 0;
  const newId = () => `id${++ids}`;
  const context = { enterpriseId: 'e1', tenantId: 't1', objectId: 'anna', now, newId, emailKeyOf };
  const after = applyChanges(before, accepted, { ...context, lastSynced: projection.lastSynced });
  const entries = after ? ledgerEntries({ before, user: after }, accepted, { ...context, cause }) : [];
  return { after, entries, projection };
}

function undone({ after, entries }: ReturnType<typeof applied>) {
  const organisationOf = new Map(['team-1', 'team-2'].map((teamId) => [teamId, 'org-a']));
  const nobody = { isOut: false, takenEmailKeys: new Set<string>(), activities: new Map() };
  return planUndo({ user: after, entries, organisationOf, ...nobody, now });
}

/** What somebody sees of a record, and what decides over later reads of the fields that changed. */
function visible(record: UserRow | null, fields: ReadonlySet<string | null>) {
  if (record === null) return null;
  const { entra, updatedAt: _at, memberships, ...rest } = record;
  const given = Object.entries(entra?.lastSynced ?? {}).filter(([field]) => fields.has(field));
  return { ...rest, memberships: [...memberships].sort((a, b) => (a.teamId < b.teamId ? -1 : 1)), given: given.sort() };
}

test('a plan and its undo are the identity', () => {
  fc.assert(
    fc.property(cases, (each) => {
      const done = applied(each);
      const { user: back, skipped } = undone(done);
      const fields = new Set(done.entries.map(({ field }) => field));
      // Somebody who leads a team is not put back into the archive: that alone is left as it is, and said.
      if (skipped.length > 0) return skipped.every(({ entry }) => entry.kind === 'restore');
      expect(visible(back, fields)).toEqual(visible(each.before, fields));
      return true;
    }),
    { numRuns: 3_000 },
  );
});

test('after an undo the next read of the same source changes nothing and says so', () => {
  fc.assert(
    fc.property(cases, (each) => {
      const done = applied(each);
      const { user: back, declined, skipped } = undone(done);
      if (skipped.length > 0) return;
      const input = { ...each.input, record: back && presentRecord(back, NOT_OUT) };
      const about = { verdict: 'declined', by: 'maia', at: now, until: null } as const;
      const decisions = declined.map((one) => ({ ...one, ...about }));
      const again = rule(project(input), { decisions, now }, input);
      expect({ gives: again.projection.gives, takes: again.projection.takes }).toEqual({ gives: [], takes: [] });
      expect(again.over).toEqual([]);
    }),
    { numRuns: 3_000 },
  );
});

import fc from 'fast-check';
import { project } from '../../../src/projection/project.js';
import type { FieldTarget, PresentRecord, ProjectionInput } from '../../../src/projection/types.js';
import { FIELD_TARGETS } from '../../../src/projection/types.js';
import { applyProjection } from './apply-projection.js';
import { input } from './arbitrary-input.js';

const RUNS = { numRuns: 2_000 };

test('once gives and takes are written, the same reading changes nothing more', () => {
  fc.assert(
    fc.property(input, (given) => {
      const first = project(given);
      const after = applyProjection(given.record, first);
      const second = project({ ...given, record: after, teams: leadersAfter(given, after) });
      expect(second.gives).toEqual([]);
      expect(second.takes).toEqual([]);
      expect({ ...after?.lastSynced, ...second.lastSynced }).toEqual(after?.lastSynced ?? {});
    }),
    RUNS,
  );
});

test('nothing is taken but what the sync gave, on evidence of the very group, and never the last two leaders', () => {
  fc.assert(
    fc.property(input, (given) => {
      for (const { change } of project(given).takes) {
        if (change.kind === 'leave') expectFoundedLeave(given, change);
        if (change.kind === 'update' && change.after === null) expectFoundedClear(given, change);
        if (change.kind === 'archive') expectFoundedArchive(given);
      }
    }),
    RUNS,
  );
});

test('no plan touches what the sync did not give: manual memberships, leaders, administrators, the home organisation', () => {
  fc.assert(
    fc.property(input, (given) => {
      const { record: before } = given;
      const after = applyProjection(before, project(given));
      if (before === null || after === null) {
        expect(after?.memberships.filter(({ isLeader, manual }) => isLeader || manual) ?? []).toEqual([]);
        return;
      }
      const { isAccountAdmin, organisationId, id, memberships } = before;
      expect(after).toMatchObject({ isAccountAdmin, organisationId, id });
      const later = new Map(after.memberships.map((membership) => [membership.teamId, membership]));
      for (const { teamId, manual, isLeader, mappingIds } of memberships) {
        const now = later.get(teamId);
        if (manual || mappingIds.length === 0) expect(now).toMatchObject({ manual, isLeader });
        else if (now) expect([now.manual, now.isLeader]).toEqual([false, isLeader]);
      }
      const had = new Set(memberships.map(({ teamId }) => teamId));
      for (const { teamId, ...joined } of after.memberships)
        if (!had.has(teamId)) {
          expect(joined).toMatchObject({ manual: false, isLeader: false });
          expect(given.teams.get(teamId)?.organisationId).toBe(organisationId);
        }
    }),
    RUNS,
  );
});

test('no plan touches who was archived by an administrator or merged, nor a field that is not mapped', () => {
  fc.assert(
    fc.property(input, (given) => {
      const { record: before, rules } = given;
      if (before === null) return;
      const projection = project(given);
      const { archivedReason: reason } = before;
      if (reason === 'admin' || reason === 'support_merge') {
        expect([projection.gives, projection.takes, projection.lastSynced]).toEqual([[], [], {}]);
      }
      const after = applyProjection(before, projection);
      for (const target of FIELD_TARGETS) {
        if (rules.fields[target] !== null) continue;
        expect(after?.fields[target]).toBe(before.fields[target]);
        expect(after?.lastSynced[target]).toBe(before.lastSynced[target]);
      }
    }),
    RUNS,
  );
});

function expectFoundedLeave(given: ProjectionInput, { teamId }: { teamId: string }): void {
  const { record: before, rules: wanted, groups, teams } = given;
  const membership = before?.memberships.find((candidate) => candidate.teamId === teamId);
  expect(membership).toMatchObject({ manual: false, mappingIds: expect.arrayContaining([expect.any(String)]) });
  const team = teams.get(teamId);
  const leadersLeft = (team?.leaderCount ?? 0) + Number(before?.status === 'archived') - 1;
  if (membership?.isLeader) expect(leadersLeft).toBeGreaterThanOrEqual(2);
  const justifying = wanted.mappings.filter(({ id, ...mapping }) => {
    return membership?.mappingIds.includes(id) && mapping.teamId === teamId;
  });
  const inNow = given.reading.state === 'present' ? given.reading.groupIds : [];
  expect(justifying.filter(({ groupId }) => groups.get(groupId) !== 'ok')).toEqual([]);
  const isHome = team?.organisationId === before?.organisationId;
  expect(justifying.filter(({ groupId }) => isHome && inNow.includes(groupId))).toEqual([]);
}

function expectFoundedClear(given: ProjectionInput, { field, before }: { field: FieldTarget; before: string | null }) {
  expect(given.record?.lastSynced[field]).toBe(before);
  const source = given.rules.fields[field];
  // The organisation always has a zone, so that nothing is ever cleared by it.
  expect(source).not.toBe('organisation.timeZone');
  const values = given.reading.state === 'present' ? given.reading.attributes.values : {};
  const raw = source === null ? undefined : values[source];
  expect(raw?.trim() ?? raw).not.toBeUndefined();
  expect(raw?.trim() || null).toBeNull();
}

function expectFoundedArchive({ record: before, reading: read }: ProjectionInput): void {
  expect(before).toMatchObject({ isAccountAdmin: false, hasOpenActivity: false });
  expect(read).not.toEqual({ state: 'absent', confirmed: false });
}

test('the order of mappings and groups does not matter', () => {
  fc.assert(
    fc.property(input, (given) => {
      const { reading: read, rules: wanted } = given;
      const turned = {
        ...given,
        rules: { ...wanted, mappings: [...wanted.mappings].reverse() },
        reading: read.state === 'present' ? { ...read, groupIds: [...read.groupIds].reverse() } : read,
      };
      expect(applyProjection(given.record, project(turned))).toEqual(applyProjection(given.record, project(given)));
    }),
    RUNS,
  );
});

/** Who left a team leads it no longer. */
function leadersAfter(
  { teams, record: before }: ProjectionInput,
  after: PresentRecord | null,
): ProjectionInput['teams'] {
  const leads = (user: PresentRecord | null, team: string) =>
    user?.status !== 'archived' &&
    (user?.memberships.some(({ teamId, isLeader }) => isLeader && teamId === team) ?? false);
  return new Map(
    [...teams].map(([id, team]) => {
      const lost = Number(leads(before, id)) - Number(leads(after, id));
      return [id, { ...team, leaderCount: team.leaderCount - lost }];
    }),
  );
}

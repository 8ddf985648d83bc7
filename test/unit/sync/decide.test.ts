import { nextRow, unreadRow } from '../../../src/mirror/next-row.js';
import type { PersonRow } from '../../../src/mirror/types.js';
import type { Reading } from '../../../src/projection/types.js';
import { hashOf } from '../../../src/projection/verdicts/decision.js';
import type { DecisionRow } from '../../../src/records/types.js';
import { type DecideInput, type Draft, decide, type PersonRead } from '../../../src/sync/plan/decide.js';
import { newIntegration } from '../../../src/tenancy/new-integration.js';
import { defaultSettings } from '../../../src/tenancy/settings/integration-settings.js';
import { anInput, present } from '../projection/a-projection-input.js';
import { aUser } from '../records/a-user.js';

const times = { lagDirectoryMs: 900_000, looksMs: [], ripeningMs: 0, goneConfirmMs: 0, problemDelayMs: 0 };
const at = (minute: number) => new Date(Date.UTC(2026, 10, 1, 0, minute));
const ground = anInput();
const member = aUser({
  organisationId: 'org-a',
  memberships: [{ teamId: 'team-1', isLeader: false, manual: false, mappingIds: ['1'] }],
});

function aRead(
  reading: Reading & { state: 'present' },
  read: Partial<PersonRead> & { minute?: number } = {},
): PersonRead {
  const { minute = 30, ...rest } = read;
  return {
    objectId: 'anna',
    seen: { state: 'present', attributes: reading.attributes, groupIds: reading.groupIds },
    evidence: 'own_read',
    moment: { ticket: { epoch: 1, number: minute }, at: at(minute), lagMs: times.lagDirectoryMs },
    freshGroups: new Map(),
    revision: 1,
    requestId: null,
    notified: false,
    movesGroups: false,
    ...rest,
  };
}

function inGroups(...groupIds: string[]): Reading & { state: 'present' } {
  const reading = present({}, { groupIds });
  if (reading.state !== 'present') throw new Error('not present');
  return reading;
}

/** The row after Anna was seen in these groups, all of them in effect. */
function aRow(...groupIds: string[]): PersonRow {
  const { seen, moment } = aRead(inGroups(...groupIds), { minute: 0 });
  return { ...nextRow(unreadRow('tenant', 'anna'), seen, moment), groupIdsInEffect: groupIds };
}

function decided(input: Partial<DecideInput> & { read: PersonRead }): Draft {
  const settings = { ...defaultSettings('UTC'), groupChanges: 'next_sync' as const };
  const context = {
    integration: { ...newIntegration('e1'), tenantId: 'tenant', inEffect: { revision: 1, settings } },
    ...{ organisations: ground.organisations, teams: ground.teams, groups: ground.groups },
  };
  const people = { row: aRow('group-1'), user: member, hasOpenActivity: false, decisions: [] };
  const outcome = decide({ ...people, rules: ground.rules, context, times, ...input });
  if (outcome.kind !== 'draft') throw new Error(outcome.kind);
  return outcome.draft;
}

/** Teams and profiles that would go. */
const takes = ({ projection }: Draft) =>
  projection.takes.map(({ change }) => change.kind).filter((kind) => kind !== 'update');

describe('S42: where groups take effect with the next sync', () => {
  test('a run does not move a group out of effect that could not be read, so that it takes nothing once it is back', () => {
    const { integration, organisations, teams } = contextOf();
    const groups = new Map([...ground.groups, ['group-1', 'unreadable' as const]]);
    const context = { integration, organisations, teams, groups };
    const run = decided({ read: aRead(inGroups(), { movesGroups: true }), context });
    expect(run.row?.groupIdsInEffect).toEqual(['group-1']);
    const back = decided({ read: aRead(inGroups('group-1'), { minute: 50 }), row: run.row });
    expect(takes(back)).toEqual([]);
  });

  test('a group that is mapped no more goes out of effect with the next run, although nobody reads it any more', () => {
    const { integration, organisations, teams } = contextOf();
    const rules = { ...ground.rules, mappings: ground.rules.mappings.filter(({ groupId }) => groupId !== 'group-1') };
    const context = { integration, organisations, teams, groups: new Map() };
    const run = decided({ read: aRead(inGroups(), { movesGroups: true }), context, rules });
    expect(run.row?.groupIdsInEffect).toEqual([]);
  });

  test('nothing is taken on account of a group that the person is in, although it is not in effect', () => {
    const row = { ...aRow('group-1'), groupIdsInEffect: [] };
    expect(takes(decided({ read: aRead(inGroups('group-1')), row }))).toEqual([]);
  });

  test('a run that read the group without the person moves it, and takes the team', () => {
    const freshGroups = new Map([['group-1', 'ok' as const]]);
    const draft = decided({ read: aRead(inGroups(), { movesGroups: true, freshGroups }) });
    expect(draft.row?.groupIdsInEffect).toEqual([]);
    expect(takes(draft)).toEqual(['leave']);
  });
});

describe('L8, L10: what takes a team away', () => {
  const groupRead = new Map([['group-1', 'ok' as const]]);
  const left = (read: Parameters<typeof aRead>[1], input: Partial<DecideInput> = {}) =>
    decided({ read: aRead(inGroups(), { movesGroups: true, freshGroups: groupRead, ...read }), ...input });

  test('what a list lacks takes nothing, and the person is read alone', () => {
    const draft = left({ evidence: 'list' });
    expect(takes(draft)).toEqual(['leave']);
    expect({ mayTake: draft.mayTake, retryAt: draft.retryAt }).toEqual({ mayTake: false, retryAt: at(30) });
  });

  test('a read of the person takes nothing, unless the group itself was read after it', () => {
    expect(takes(left({ freshGroups: new Map() }))).toEqual([]);
    expect(takes(left({ freshGroups: new Map([['group-1', 'unreadable' as const]]) }))).toEqual([]);
    expect(left({}).mayTake).toBe(true);
  });

  test('it ripens, and the read after that takes it', () => {
    const patient = { times: { ...times, ripeningMs: 60_000 } };
    const first = left({}, patient);
    expect({ mayTake: first.mayTake, retryAt: first.retryAt }).toEqual({ mayTake: false, retryAt: at(31) });
    expect(left({ minute: 31 }, { ...patient, row: first.row }).mayTake).toBe(true);
  });
});

function contextOf() {
  return {
    integration: { ...newIntegration('e1'), tenantId: 'tenant', inEffect: inEffect() },
    organisations: ground.organisations,
    teams: ground.teams,
  };
}

function inEffect() {
  return { revision: 1, settings: { ...defaultSettings('UTC'), groupChanges: 'next_sync' as const } };
}

describe('a decision about a value', () => {
  const declined: DecisionRow = {
    ...{ _id: 'd1', enterpriseId: 'e1', objectId: 'anna', userId: 'u1', subject: 'field:firstName' },
    ...{ valueHash: hashOf('Annabel'), verdict: 'declined', by: 'maia', at: at(10), until: null },
  };
  const renamed = present({ givenName: 'Annabel' });
  if (renamed.state !== 'present') throw new Error('not present');
  // Entra had Anna, then Annabel at minute 10: both are known for as long as replicas may lag.
  const { seen, moment } = aRead(renamed, { minute: 10 });
  const row = { ...nextRow(aRow('group-1'), seen, moment), groupIdsInEffect: ['group-1'] };

  test('is not ended by a read that goes back to a value of before: the replica may be behind', () => {
    const behind = decided({ read: aRead(inGroups('group-1'), { minute: 12 }), row, decisions: [declined] });
    expect(behind.over).toEqual([]);
    expect(behind.endsDecisions).toBe(false);
  });

  test('is ended by the same read once replicas have caught up', () => {
    const later = decided({ read: aRead(inGroups('group-1'), { minute: 40 }), row, decisions: [declined] });
    expect(later.over).toEqual([declined]);
  });
});

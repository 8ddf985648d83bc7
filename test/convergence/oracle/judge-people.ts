import type { DirectoryFacts, OracleFacts, OracleRecord } from './facts.js';
import { addressKey, MAILBOX_ZONE, PLAIN_FIELDS, type PlainField, PROPERTY_OF, shownOf, ZONES } from './values.js';

/** What about people is not in any state that the rules allow, one line each. */
export function judgePeople(facts: OracleFacts): string[] {
  const recordOf = new Map(
    facts.records.flatMap((record) => (record.objectId ? [[record.objectId, record] as const] : [])),
  );
  return facts.people.flatMap((person) => {
    if (facts.undecided.has(person.objectId)) return [];
    const record = recordOf.get(person.objectId);
    const found = record ? judgeRecord(facts, person, record) : judgeAbsence(facts, person);
    return found.map((text) => `${person.objectId}: ${text}; ${JSON.stringify({ person, record })}`);
  });
}

export function isMember({ groupIds }: DirectoryFacts, { mappings, lostGroups }: OracleFacts): boolean {
  return mappings.some(({ groupId }) => !lostGroups.has(groupId) && groupIds.includes(groupId));
}

function isWelcome(person: DirectoryFacts, facts: OracleFacts): boolean {
  return isSomebody(person, facts) && isMember(person, facts);
}

function isSomebody({ state, isEnabled, isGuest }: DirectoryFacts, { includeGuests }: OracleFacts): boolean {
  return state === 'present' && isEnabled && (!isGuest || includeGuests);
}

/** Whether somebody else could be in the way of an address: who has it, or who wants it too. */
function isContested(key: string, { objectId }: DirectoryFacts, facts: OracleFacts): boolean {
  const held = facts.records.some(
    (record) =>
      record.objectId !== objectId &&
      record.status !== 'archived' &&
      addressKey(record.fields['email'] ?? null) === key,
  );
  return (
    held ||
    facts.people.some(
      (other) => other.objectId !== objectId && other.state === 'present' && addressKey(other.mail) === key,
    )
  );
}

function judgeAbsence(facts: OracleFacts, person: DirectoryFacts): string[] {
  const key = addressKey(person.mail);
  if (!isWelcome(person, facts) || key === null || isContested(key, person, facts)) return [];
  return ['is in a mapped group and was not imported'];
}

function judgeRecord(facts: OracleFacts, person: DirectoryFacts, record: OracleRecord): string[] {
  const complaints = judgeHome(facts, person, record);
  if (record.status === 'archived') return [...complaints, ...judgeArchived(facts, person, record)];
  if (mustGo(facts, person, record)) return [...complaints, 'should be archived'];
  if (person.state !== 'present') return complaints;
  return [...complaints, ...judgeFields(facts, person, record), ...judgeTeams(facts, person, record)];
}

/** One home organisation for good: one that some mapping of theirs once led to (E3). */
function judgeHome(facts: OracleFacts, person: DirectoryFacts, record: OracleRecord): string[] {
  const led = facts.everMapped.filter(({ groupId }) => person.pastGroupIds.includes(groupId));
  return led.some(({ organisationId }) => organisationId === record.organisationId)
    ? []
    : ['is in an organisation that no group of theirs leads to'];
}

/** Who is enabled again comes back (E8, E9); for whom left all groups that takes a group again. */
function judgeArchived(facts: OracleFacts, person: DirectoryFacts, record: OracleRecord): string[] {
  const { archivedReason, isAccountAdmin } = record;
  const wentAway = ['sync_disabled', 'sync_deleted'].includes(archivedReason ?? '');
  if (!wentAway && archivedReason !== 'sync_out_of_scope') return [];
  const maySit = facts.onLeaveAllGroups === 'keep' || facts.lostGroups.size > 0 || isAccountAdmin;
  const belongs = isMember(person, facts) || (wentAway && maySit);
  const key = addressKey(person.mail);
  const comesBack = isSomebody(person, facts) && belongs && key !== null && !isContested(key, person, facts);
  return comesBack ? [`is enabled and would be kept, but is archived (${archivedReason})`] : [];
}

function mustGo(facts: OracleFacts, person: DirectoryFacts, record: OracleRecord): boolean {
  const isAway = person.state !== 'present' || !person.isEnabled;
  const isOut = person.state === 'present' && !isMember(person, facts) && facts.lostGroups.size === 0;
  const wanted = (isAway && facts.onDisabledOrDeleted === 'archive') || (isOut && facts.onLeaveAllGroups === 'archive');
  return wanted && !record.isAccountAdmin && !facts.inTheField.has(record.id) && !leadsLast(facts, record);
}

/** Whether some team would be left with fewer than two leaders; who may go once somebody decides is not counted on. */
function leadsLast(facts: OracleFacts, record: OracleRecord, only?: string): boolean {
  return record.memberships.some(({ teamId, isLeader }) => {
    if (!isLeader || (only !== undefined && only !== teamId)) return false;
    const leaders = facts.records.filter(
      ({ status, memberships, objectId }) =>
        status !== 'archived' &&
        !facts.undecided.has(objectId ?? '') &&
        memberships.some((each) => each.teamId === teamId && each.isLeader),
    );
    return leaders.length <= 2;
  });
}

function judgeFields(facts: OracleFacts, person: DirectoryFacts, record: OracleRecord): string[] {
  if (person.isGuest && !facts.includeGuests) return [];
  const plain = PLAIN_FIELDS.flatMap((field) => {
    const allowed = allowedValues(field, person, facts);
    const value = record.fields[field] ?? null;
    return allowed.has(value) ? [] : [`${field} is ${value}, allowed ${JSON.stringify([...allowed])}`];
  });
  return [...plain, ...judgeZone(person, record), ...judgeAddress(facts, person, record)];
}

/** Mailboxes are asked for their zone once a day: it is one that theirs had at some time. */
function judgeZone({ past }: DirectoryFacts, { fields }: OracleRecord): string[] {
  const zone = fields['timeZone'] ?? null;
  const ever = ZONES.filter(({ raw }) => past[MAILBOX_ZONE]?.includes(raw)).map(({ shown }) => shown);
  return zone === null || ever.some((shown) => shown === zone) ? [] : [`has the zone ${zone}, which was never theirs`];
}

/** A readable source is followed; an empty one clears what came from it; an unreadable one leaves what was there. */
function allowedValues(field: PlainField, person: DirectoryFacts, facts: OracleFacts): ReadonlySet<string | null> {
  const property = PROPERTY_OF[field];
  const shown = shownOf(field, person.properties[property] ?? null);
  if (typeof shown === 'string') return new Set([shown]);
  const typed = field === 'mobilePhone' ? (facts.typedPhones.get(person.objectId) ?? []) : [];
  if (shown === null) return new Set([null, ...typed]);
  const past = (person.past[property] ?? []).flatMap((raw) => shownOf(field, raw) ?? []);
  return new Set([null, ...typed, ...past]);
}

function judgeAddress(facts: OracleFacts, person: DirectoryFacts, record: OracleRecord): string[] {
  const has = addressKey(record.fields['email'] ?? null);
  const wants = addressKey(person.mail);
  const former = (person.past['mail'] ?? []).map((raw) => addressKey(raw));
  if (has === null || !former.includes(has)) return [`has the address ${has}, which was never theirs`];
  if (wants === null || has === wants || isContested(wants, person, facts)) return [];
  // Who would be archived, were they not kept for another reason, may be left with the address they have.
  return [`has the address ${has} instead of ${wants}, which nobody else has or wants`];
}

function judgeTeams(facts: OracleFacts, person: DirectoryFacts, record: OracleRecord): string[] {
  const { mappings, lostGroups } = facts;
  const usable = mappings.filter(({ groupId }) => !lostGroups.has(groupId));
  const justified = usable.filter(
    ({ groupId, organisationId }) => person.groupIds.includes(groupId) && organisationId === record.organisationId,
  );
  const mayJoin = !person.isGuest || facts.includeGuests;
  const missing = justified.filter(
    ({ id, teamId }) => !record.memberships.some((each) => each.teamId === teamId && each.mappingIds.includes(id)),
  );
  const extra = record.memberships.flatMap(({ teamId, mappingIds, manual }) =>
    mappingIds
      .filter((id) => !justified.some((mapping) => mapping.id === id))
      .filter((id) => !lostGroups.has(mappings.find((mapping) => mapping.id === id)?.groupId ?? ''))
      .filter(() => !isKept(facts, record, { teamId, manual, mappingIds, justified: justified.map(({ id }) => id) }))
      .map((id) => `is in ${teamId} by mapping ${id}, whose group does not hold them`),
  );
  return [
    ...(mayJoin ? missing.map(({ teamId }) => `is not in ${teamId}, though a mapped group holds them`) : []),
    ...extra,
  ];
}

/** Who is in the field, or leads a team with few leaders, stays in it. */
function isKept(
  facts: OracleFacts,
  record: OracleRecord,
  membership: { teamId: string; manual: boolean; mappingIds: readonly string[]; justified: readonly string[] },
): boolean {
  const goes = !membership.manual && !membership.mappingIds.some((id) => membership.justified.includes(id));
  return goes && (facts.inTheField.has(record.id) || leadsLast(facts, record, membership.teamId));
}

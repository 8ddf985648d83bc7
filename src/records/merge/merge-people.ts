import type { ClientSession } from 'mongodb';
import { AppError } from '../../kernel/app-error.js';
import { normaliseGuid } from '../../kernel/guid.js';
import { createLedger } from '../ledger.js';
import { aboutUser, causeOf, ledgerRows } from '../ledger-rows.js';
import { addressInUse, isAddressClash } from '../people/address-in-use.js';
import { type MirroredPerson, mirroredPerson, requireTenant } from '../people/directory-facts.js';
import { createFindPeople } from '../people/find-people.js';
import { recordTransaction } from '../people/record-transaction.js';
import { looksAfter, noteWaiters } from '../people/waiters.js';
import type { By } from '../people.js';
import type { RecordDeps } from '../record-deps.js';
import { searchable } from '../search/search-words.js';
import { USERS, type UserRow } from '../types.js';
import { handOver, refuseBothOut } from './hand-over.js';
import { type Merged, merged } from './merge-acts.js';

export interface MergeRequest {
  readonly enterpriseId: string;
  /** Profile that stays, by id or e-mail: one that only GetHomeSafe knows, archived or not. */
  readonly person: string;
  /** Directory person that it is, by object id. */
  readonly objectId: string;
}

/** Who has the address that a directory person wants. */
export interface ExistingUser {
  readonly enterpriseId: string;
  readonly objectId: string;
  readonly userId: string;
  readonly emailKey: string;
}

/** What support does about two profiles of one person (S37). */
export interface MergePeople {
  /**
   * Links a profile to a directory person, in one transaction with its ledger entries. A record that the sync made for
   * that person is archived, after what only it has was carried over. The sync brings the fields of Entra afterwards.
   * Done twice it does nothing the second time. Refused with `person_not_found`, `already_linked`, `same_person`,
   * `unknown_in_directory`, `leads_elsewhere`, `activity_open` or `duplicate_email`.
   */
  merge(request: MergeRequest, by: By): Promise<UserRow>;
  /**
   * The same, as what the problems desk does about a clash of addresses: link to the existing user. Refused with
   * `address_changed` where the user does not have the address any more, or the directory person does not want it.
   */
  linkExisting(link: ExistingUser, by: By): Promise<UserRow>;
}

export function createMergePeople(deps: RecordDeps): MergePeople {
  const { store, clock, chance, changes } = deps;
  const users = store.collection<UserRow>(USERS);
  const ledger = createLedger(deps);
  const { find } = createFindPeople(deps);

  return {
    merge: (request, by) => merge(request, by),
    linkExisting: ({ enterpriseId, objectId, userId, emailKey }, by) =>
      merge({ enterpriseId, objectId, person: userId }, by, emailKey),
  };

  /** `clash`: the address that both are about, where that is why. */
  async function merge(
    { enterpriseId, person, objectId: typed }: MergeRequest,
    by: By,
    clash?: string,
  ): Promise<UserRow> {
    const objectId = normaliseGuid(typed) ?? noGuid(typed);
    let claimed: string | undefined;
    try {
      return await recordTransaction(deps, enterpriseId, async (session) => {
        const link = { tenantId: await requireTenant(store, enterpriseId, session), objectId };
        const kept = await find(enterpriseId, person, session);
        if (isDone(kept, link)) return kept;
        const linked = { enterpriseId, 'entra.tenantId': link.tenantId, 'entra.objectId': objectId };
        const own = await users.findOne(linked, { session });
        const { wantedEmailKey } = await requirePresent(link, session);
        if (clash !== undefined && (kept.emailKey !== clash || wantedEmailKey !== clash)) throw addressChanged();
        const homeTeams = await homeTeamsOf(kept, session);
        requireNoLeaderLost(own, homeTeams);
        await refuseBothOut(store, { kept, own, now: clock.now() }, session);
        const outcome = merged({ kept, own, link, homeTeams, now: clock.now() });
        claimed = outcome.kept.user.emailKey;
        await write({ outcome, own, by }, session);
        return searchable(outcome.kept.user);
      });
    } catch (error) {
      if (claimed === undefined || !isAddressClash(error)) throw error;
      throw await addressInUse(store, { enterpriseId, emailKey: claimed });
    }
  }

  /** The second record first: it holds the link, and maybe the address, that the kept profile is given. */
  async function write(
    { outcome, own, by }: { outcome: Merged; own: UserRow | null; by: By },
    session: ClientSession,
  ): Promise<void> {
    const { user } = outcome.kept;
    if (outcome.own) {
      await users.replaceOne({ _id: outcome.own.user._id }, outcome.own.user, { session });
    }
    await users.replaceOne({ _id: user._id }, searchable(user), { session });
    const moved = outcome.own
      ? await handOver(store, { from: outcome.own.user, to: user, now: clock.now() }, session)
      : [];
    const kept = { user, entries: [...outcome.kept.entries, ...moved] };
    const common = { at: clock.now(), cause: causeOf(by), newId: chance.guid };
    // Both about the directory person: the profile that goes is not linked any more.
    const about = { ...aboutUser(user), ...common };
    for (const act of [outcome.own, kept])
      if (act) await ledger.insert(ledgerRows(act.entries, { ...about, userId: act.user._id }), session);
    const freed = own?.emailKey !== undefined && own.emailKey !== user.emailKey ? [`email:${own.emailKey}`] : [];
    const led = user.memberships.flatMap(({ teamId, isLeader }) => (isLeader ? [`leader:${teamId}`] : []));
    await noteWaiters({ store, changes }, [...freed, ...led], session);
    await changes.note(looksAfter(null, user), { session });
  }

  async function requirePresent(
    link: { tenantId: string; objectId: string },
    session: ClientSession,
  ): Promise<MirroredPerson> {
    const { objectId } = link;
    const row = await mirroredPerson(store, link, session);
    if (row?.state === 'present') return row;
    const text =
      row === null || row.state === 'unread'
        ? `Nobody with the object id ${objectId} has been read from Entra yet. Check it, put the person into a mapped ` +
          'group, and have them read.'
        : `The account ${objectId} is deleted in Entra: restore it there first.`;
    throw new AppError('unknown_in_directory', text, { status: 404, field: 'with', command: 'ghs people sync' });
  }

  async function homeTeamsOf(kept: UserRow, session: ClientSession): Promise<Set<string>> {
    const { enterpriseId, organisationId } = kept;
    const teams = store.collection<{ _id: string; enterpriseId: string; organisationId: string }>('teams');
    const found = await teams.find({ enterpriseId, organisationId }, { session }).toArray();
    return new Set(found.map(({ _id }) => _id));
  }
}

/** True where it is done already: the answer of an earlier attempt was lost, or somebody was quicker. */
function isDone({ entra }: UserRow, link: { tenantId: string; objectId: string }): boolean {
  // A link to a tenant that the enterprise had before is of no use any more (E77).
  if (entra?.tenantId !== link.tenantId) return false;
  const field = 'person';
  if (entra.objectId !== link.objectId) {
    const text = `This profile is linked to ${entra.objectId} in Entra already. Give the profile that is linked to nobody.`;
    throw new AppError('already_linked', text, { status: 409, field });
  }
  if (entra.linkedBy === 'support_merge') return true;
  const text = 'This is the profile that the sync made for that person. Give the other one, which is to stay.';
  throw new AppError('same_person', text, { status: 409, field });
}

function addressChanged(): AppError {
  const text =
    'The profile does not have the address any more that the person in Entra wants: somebody changed one of them just ' +
    'now. Look at the problem again, then decide.';
  return new AppError('address_changed', text, { status: 409, field: 'problem', command: 'ghs problems list' });
}

/** A team of another organisation cannot come along, and must not lose a leader unnoticed (E3, E7). */
function requireNoLeaderLost(own: UserRow | null, homeTeams: ReadonlySet<string>): void {
  if (own === null || own.status === 'archived') return;
  const lost = own.memberships.find(({ isLeader, teamId }) => isLeader && !homeTeams.has(teamId));
  if (!lost) return;
  const text =
    `The profile ${own._id}, which would go, leads the team ${lost.teamId} of another organisation than the profile ` +
    'that stays. Make somebody else its leader first.';
  throw new AppError('leads_elsewhere', text, { status: 409, field: 'with' });
}

function noGuid(text: string): never {
  const message = `"${text}" is no object id: give the GUID that Entra shows as Object ID of the person.`;
  throw new AppError('invalid_input', message, { field: 'with' });
}

import type { ClientSession } from 'mongodb';
import { AppError } from '../kernel/app-error.js';
import { activitiesToCome, cancelForLeaver, refuseWhileOpen, writeActivities } from './activities/leavers.js';
import { createLedger } from './ledger.js';
import { aboutUser, causeOf, ledgerRows } from './ledger-rows.js';
import { addressInUse, isAddressClash } from './people/address-in-use.js';
import { type DeletedTeam, dropTeam } from './people/drop-team.js';
import { createFindPeople, type FindPeople } from './people/find-people.js';
import { moved } from './people/move-acts.js';
import { blankUser, createdFacts, type NewPerson } from './people/new-person.js';
import {
  type Act,
  type ActEntry,
  archived,
  edited,
  type PersonEdit,
  restored,
  withLeader,
} from './people/person-acts.js';
import { createPlaces } from './people/places.js';
import { recordTransaction } from './people/record-transaction.js';
import { typedFields } from './people/typed-fields.js';
import { endedStates, looksAfter, noteWaiters } from './people/waiters.js';
import type { RecordDeps } from './record-deps.js';
import { searchable } from './search/search-words.js';
import { USERS, type UserRow } from './types.js';

/** Who acts, and why, for the ledger. */
export interface By {
  readonly who: string;
  readonly reason?: string | null;
}

export interface LeaderChange {
  readonly teamId: string;
  readonly on: boolean;
}

/** A person of an enterprise: id, object id or e-mail. */
export interface PersonRef {
  readonly enterpriseId: string;
  readonly person: string;
}

/** What somebody in GetHomeSafe does to people. Each act is one transaction with its ledger entries. */
export interface People extends FindPeople {
  add(person: NewPerson, by: By): Promise<UserRow>;
  edit(ref: PersonRef, edit: PersonEdit, by: By): Promise<UserRow>;
  /** Somebody who is to lead becomes a member as well: leading is a status of a membership. */
  setLeader(ref: PersonRef, leader: LeaderChange, by: By): Promise<UserRow>;
  /** To another organisation of the enterprise; refused while the person is in the field or leads a team (E4). */
  move(ref: PersonRef, organisationId: string, by: By): Promise<UserRow>;
  /** Frees the address; the history stays. Refused while an activity is open; cancels those to come (E10). */
  archive(ref: PersonRef, by: By): Promise<UserRow>;
  /** Refused while somebody else has the address (E26). */
  restore(ref: PersonRef, by: By): Promise<UserRow>;
  /** Takes everybody out of a team that was deleted; answers how many. Repeatable after an interruption. */
  dropTeam(team: DeletedTeam, by: By): Promise<number>;
}

export function createPeople(deps: RecordDeps): People {
  const { store, clock, chance, changes } = deps;
  const users = store.collection<UserRow>(USERS);
  const ledger = createLedger(deps);
  const places = createPlaces(deps);
  const finding = createFindPeople(deps);

  return {
    ...finding,
    add,
    edit: (ref, edit, by) =>
      act(ref, by, async (user, session) => {
        const organisation = await places.organisation(user.enterpriseId, user.organisationId, session);
        for (const teamId of edit.addTeams ?? []) await placeable(user, teamId, session);
        const fields = typedFields(edit.fields ?? {}, { organisation, present: user });
        return edited(user, { ...edit, fields }, clock.now());
      }),
    dropTeam: (team, by) => dropTeam(deps, team, by),
    setLeader: (ref, leader, by) =>
      act(ref, by, async (user, session) => {
        await placeable(user, leader.teamId, session);
        return withLeader(user, leader, clock.now());
      }),
    move: (ref, organisationId, by) =>
      act(ref, by, async (user, session) => {
        const { _id: userId, enterpriseId } = user;
        await places.organisation(enterpriseId, organisationId, session);
        const act = moved(user, organisationId, clock.now());
        if (act.entries.length > 0) await refuseWhileOpen(store, { enterpriseId, userId, now: clock.now() }, session);
        return act;
      }),
    archive: (ref, by) => act(ref, by, withActivities),
    restore: (ref, by) => act(ref, by, async (user) => restored(user, clock.now())),
  };

  /** Archives somebody who is not in the field, and cancels what they had planned (E10). */
  async function withActivities(user: UserRow, session: ClientSession): Promise<Act> {
    const now = clock.now();
    const { _id: userId, enterpriseId } = user;
    const { user: next, entries } = archived(user, now);
    if (user.status === 'archived') return { user: next, entries };
    await refuseWhileOpen(store, { enterpriseId, userId, now }, session);
    const toCome = await activitiesToCome(store, { enterpriseId, userIds: [userId], now }, session);
    const cancelling = cancelForLeaver(toCome, now);
    await writeActivities(store, cancelling.operations, session);
    return { user: next, entries: [...entries, ...cancelling.entries] };
  }

  function add(person: NewPerson, by: By): Promise<UserRow> {
    const { enterpriseId, organisationId } = person;
    const id = chance.guid();
    return inTransaction(enterpriseId, async (session, claim) => {
      // An earlier attempt whose answer was lost may have made the person.
      const made = await users.findOne({ _id: id }, { session });
      if (made) return made;
      const organisation = await places.organisation(enterpriseId, organisationId, session);
      const fields = typedFields(person.fields, { organisation, present: null });
      const blank = blankUser(person, { id, now: clock.now() });
      for (const teamId of person.teamIds ?? []) await placeable(blank, teamId, session);
      const { user: plain, entries } = edited(blank, { fields, addTeams: person.teamIds ?? [] }, clock.now());
      const user = searchable(plain);
      claim(user);
      await users.insertOne(user, { session });
      const joins = entries.filter(({ kind }) => kind === 'join');
      const created: ActEntry = { kind: 'create', after: createdFacts(user), why: 'added by hand' };
      await record(user, [created, ...joins], { by, session });
      return user;
    });
  }

  /** Plans and writes one act on one person. An act that changes nothing writes nothing. */
  function act(
    { enterpriseId, person }: PersonRef,
    by: By,
    plan: (user: UserRow, session: ClientSession) => Promise<Act>,
  ): Promise<UserRow> {
    return inTransaction(enterpriseId, async (session, claim) => {
      const before = await finding.find(enterpriseId, person, session);
      const { user: plain, entries } = await plan(before, session);
      if (entries.length === 0) return before;
      const user = searchable(plain);
      claim(user);
      await users.replaceOne({ _id: before._id }, user, { session });
      await record(user, entries, { by, session });
      await noteOthers(before, user, session);
      return user;
    });
  }

  /** `claim` says whose address is about to be written, so that a clash can be told in words. */
  async function inTransaction(
    enterpriseId: string,
    work: (session: ClientSession, claim: (user: UserRow) => void) => Promise<UserRow>,
  ): Promise<UserRow> {
    let claimed: string | undefined;
    const claim = (user: UserRow) => {
      claimed = user.emailKey;
    };
    try {
      return await recordTransaction(deps, enterpriseId, (session) => work(session, claim));
    } catch (error) {
      if (claimed === undefined || !isAddressClash(error)) throw error;
      throw await addressInUse(store, { enterpriseId, emailKey: claimed });
    }
  }

  /** Notes whoever waits for what this act ended (law L6), and what of the person the sync looks at anew. */
  async function noteOthers(before: UserRow, after: UserRow, session: ClientSession): Promise<void> {
    await noteWaiters({ store, changes }, endedStates(before, after), session);
    await changes.note(looksAfter(before, after), { session });
  }

  async function placeable(user: UserRow, teamId: string, session: ClientSession): Promise<void> {
    const team = await places.team(user.enterpriseId, teamId, session);
    if (team.organisationId === user.organisationId) return;
    const text = `The team ${team.name} belongs to another organisation than this person.`;
    throw new AppError('team_in_other_organisation', text, { status: 409, field: 'team' });
  }

  async function record(
    user: UserRow,
    entries: readonly ActEntry[],
    { by, session }: { by: By; session: ClientSession },
  ): Promise<void> {
    const about = { ...aboutUser(user), at: clock.now(), cause: causeOf(by), newId: chance.guid };
    await ledger.insert(ledgerRows(entries, about), session);
  }
}

import type { RunItemRow } from '../../../src/reconciliation/types.js';
import { LEDGER, type LedgerRow, PROBLEMS, type ProblemRow, USERS, type UserRow } from '../../../src/records/types.js';
import { fieldCrew } from '../../support/scene.js';
import { type Stack, startStack } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';

/** An enterprise with many people whose notifications are lost, so that a test decides who is told of. */
export interface AddressesScene {
  readonly stack: Stack;
  readonly group: string;
  /** A person of the tenant, in the mapped group. */
  person(name: string, extra?: Record<string, unknown>): string;
  setMail(objectId: string, mail: string): void;
  /** Has these read, each of them in a batch of its own, one after the other. */
  tell(...objectIds: string[]): Promise<void>;
  /** Waits until nothing is left to do. */
  settled(): Promise<void>;
  userOf(objectId: string): Promise<UserRow | null>;
  emailsOf(...objectIds: string[]): Promise<(string | null | undefined)[]>;
  problemsOf(...objectIds: string[]): Promise<ProblemRow[]>;
  /** When the address of each was written, one entry a change. */
  moves(...objectIds: string[]): Promise<LedgerRow[]>;
  plan(): Promise<RunItemRow[]>;
}

export async function startAddressesScene(): Promise<AddressesScene> {
  const stack = await startStack();
  const { store, changes, mirror } = stack.services;
  const { directory, id: tenantId } = stack.tenant;
  const group = await fieldCrew(stack);
  stack.simulator.delivery.settings.loss = 1;
  const users = store.collection<UserRow>(USERS);
  const open = store.collection('changes');
  const subscriptions = store.collection('subscriptions');

  return {
    ...{ stack, group, person, tell, settled, userOf },
    setMail: (objectId, mail) => void directory.updateUser(objectId, { mail }),
    emailsOf: (...ids) => Promise.all(ids.map(async (id) => (await userOf(id))?.email)),
    problemsOf: (...ids) =>
      store
        .collection<ProblemRow>(PROBLEMS)
        .find({ objectId: { $in: ids }, severity: 'error' })
        .toArray(),
    moves: (...ids) =>
      store
        .collection<LedgerRow>(LEDGER)
        .find({
          objectId: { $in: ids },
          kind: { $in: ['create', 'update', 'restore'] },
          field: { $in: ['email', null] },
        })
        .sort({ at: 1 })
        .toArray(),
    plan: async () => stack.services.runs.items((await stack.sync({ dry: true }))._id),
  };

  function person(name: string, extra: Record<string, unknown> = {}): string {
    const mail = `${name.toLowerCase()}@kiwipower.test`;
    const names = { displayName: name, givenName: name, surname: 'Tester', userPrincipalName: mail };
    const { objectId } = directory.createUser({ ...names, mail, mobilePhone: '+64225189900', country: 'NZ', ...extra });
    directory.addMember(group, objectId);
    return objectId;
  }

  function userOf(objectId: string): Promise<UserRow | null> {
    return users.findOne({ 'entra.objectId': objectId });
  }

  async function tell(...objectIds: string[]): Promise<void> {
    for (const objectId of objectIds) {
      // The entry comes before the note, so that the person is in scope when read (law L10).
      await mirror.people.enter(tenantId, [objectId]);
      await changes.note([{ tenantId, kind: 'user', objectId, via: 'manual', notified: 0 }]);
      await settled();
    }
  }

  async function settled(): Promise<void> {
    const done = async () => {
      const { askedAt, roundAt, pending } = await mirror.cursors.load(tenantId);
      const isCaughtUp = pending === null && (askedAt === null || (roundAt !== null && askedAt <= roundAt));
      // One that is made later asks for a round, which would name whom the test tells of nobody.
      const isSubscribed = (await subscriptions.countDocuments({ state: 'active' })) === 2;
      return isSubscribed && isCaughtUp && (await open.countDocuments({ tenantId })) === 0;
    };
    await waitFor(done, { message: 'something stays to be done' });
  }
}

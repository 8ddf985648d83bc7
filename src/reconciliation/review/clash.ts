import { AppError } from '../../kernel/app-error.js';
import type { Groups } from '../../mirror/groups-store.js';
import type { People as Mirror } from '../../mirror/people-store.js';
import type { FindPeople } from '../../records/people/find-people.js';
import type { PersonView, PersonViews } from '../../records/person-view.js';
import type { Problems, ProblemView } from '../../records/problems/problems.js';
import { USERS, type UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import type { IntegrationRow } from '../../tenancy/types.js';
import type { Labels } from '../history/person-labels.js';
import { type FieldOfPerson, fieldsOfPerson, sourceOfPerson } from '../person/source-of-person.js';

/** What can be done about two people with one address (S37, E24-E31). */
export type ClashChoice = 'correct' | 'archive' | 'link' | 'keep_apart' | 'support';

/** A clash of an address with both sides, as far as they are of this enterprise. */
export interface Clash {
  readonly problem: ProblemView;
  /** The address as the directory person should have it, ready for comparing; null where it is not known any more. */
  readonly address: string | null;
  readonly person: {
    readonly objectId: string;
    readonly label: string | null;
    readonly userPrincipalName: string | null;
    readonly isEnabled: boolean | null;
    /** Id of the record that the person has already; null where there is none. */
    readonly recordId: string | null;
    readonly fields: readonly FieldOfPerson[];
  };
  /** Profile of this enterprise that has the address. */
  readonly holder: PersonView | null;
  /** A profile of another enterprise has it: nothing more is told (E24). */
  readonly isElsewhere: boolean;
  /** People of the directory who should have the same address. */
  readonly rivals: readonly { readonly person: string; readonly label: string | null }[];
  readonly choices: readonly ClashChoice[];
}

export interface ClashDeps {
  readonly store: Store;
  readonly problems: Pick<Problems, 'get'>;
  readonly people: Pick<FindPeople, 'findOrNull'>;
  readonly personViews: Pick<PersonViews, 'of'>;
  readonly labels: Labels;
  readonly mirror: { readonly people: Pick<Mirror, 'load' | 'wanting'>; readonly groups: Pick<Groups, 'load'> };
  readonly integrations: { getIntegration(enterpriseId: string): Promise<IntegrationRow> };
}

/** The directory person beside the profile that has the address. */
export async function clashOf(
  deps: ClashDeps,
  { enterpriseId, problemId }: { enterpriseId: string; problemId: string },
): Promise<Clash> {
  const { store, mirror } = deps;
  const problem = await deps.problems.get(enterpriseId, problemId);
  if (problem?.code !== 'duplicate_email' && problem?.code !== 'duplicate_email_in_source') throw noClash();
  const integration = await deps.integrations.getIntegration(enterpriseId);
  const { tenantId } = integration;
  const objectId = problem.person;
  const users = store.collection<UserRow>(USERS);
  const user = await deps.people.findOrNull(enterpriseId, objectId);
  const source = await sourceOfPerson(deps, { integration, objectId });
  const address = source?.wantedEmailKey ?? null;
  const holder = address === null ? null : await users.findOne({ emailKey: address });
  const isOurs = holder?.enterpriseId === enterpriseId && holder._id !== user?._id;
  const wanting = tenantId === null || address === null ? [] : await mirror.people.wanting(tenantId, [address]);
  const others = wanting.flatMap((row) => (row.objectId === objectId ? [] : [{ person: row.objectId }]));
  const named = await deps.labels.add({ enterpriseId, tenantId: tenantId ?? '' }, [{ person: objectId }, ...others]);
  return {
    problem,
    address,
    person: {
      ...{ objectId, label: named[0]?.label ?? null, recordId: user?._id ?? null },
      userPrincipalName: source?.attributes?.userPrincipalName ?? null,
      isEnabled: source?.attributes?.accountEnabled ?? null,
      fields: await fieldsOfPerson(store, { integration, source, user }),
    },
    holder: isOurs ? await deps.personViews.of(holder) : null,
    isElsewhere: holder !== null && holder.enterpriseId !== enterpriseId,
    rivals: named.slice(1),
    choices: choicesOf(problem, { holder: isOurs ? holder : null, tenantId }),
  };
}

/** A profile that belongs to somebody else in Entra is neither archived, since the sync would restore it, nor linked. */
function choicesOf(
  { code }: ProblemView,
  { holder, tenantId }: { holder: UserRow | null; tenantId: string | null },
): ClashChoice[] {
  if (code === 'duplicate_email_in_source') return ['correct', 'keep_apart'];
  if (holder === null) return ['correct', 'keep_apart', 'support'];
  if (holder.entra && holder.entra.tenantId === tenantId) return ['correct', 'keep_apart', 'support'];
  return ['correct', 'archive', 'link', 'keep_apart', 'support'];
}

function noClash(): AppError {
  const text = 'This problem is about no address of two people, or it has ended meanwhile. Look at the list again.';
  return new AppError('problem_not_found', text, { status: 404, field: 'problem' });
}

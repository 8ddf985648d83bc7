import { AppError, messageOf } from '../../src/kernel/app-error.js';
import { systemChance } from '../../src/kernel/chance.js';
import { SECOND_MS, systemClock } from '../../src/kernel/clock.js';
import type { UserRow } from '../../src/records/types.js';
import { isIn, type Newcomer, type Scene } from './scene/scene.js';
import { type Act, changeCalendar, type PlannedEvent } from './show-calendar.js';

const EVERY_MS = 4 * SECOND_MS;
/** Beyond it somebody new comes no more: the demo may run for days. */
const MOST_NEWCOMERS = 30;

const GIVEN = ['Mere', 'Tama', 'Ngaire', 'Rangi', 'Kiri', 'Manaia', 'Ariki', 'Hana', 'Wiki', 'Tane'];
const SURNAMES = ['Ngata', 'Smith', 'Tuilagi', 'Brown', 'Patel', 'Jensen', 'Walker', 'Chen', 'Kingi', 'Taylor'];

/** What happens to an account, and how it shows in the record. */
interface PersonAct extends Pick<Act, 'words' | 'do'> {
  readonly objectId: string;
  isSeen(record: UserRow): boolean;
  shown(record: UserRow): string;
}

interface Person extends Newcomer {
  inField: boolean;
  enabled: boolean;
  event: PlannedEvent | null;
  /** Acts so far: each person goes through all of them. */
  acts: number;
}

type MakeAct = (scene: Scene, person: Person) => Act;

/** An event is planned, moved and cancelled before its person is disabled. */
const ACTS: readonly MakeAct[] = [changeCalendar, move, changeCalendar, changePhone, changeCalendar, rename, disable];

/** Every few seconds something changes in Entra; says what GetHomeSafe then has, and after how many ms. */
export async function showChanges(scene: Scene, say: (line: string) => void): Promise<never> {
  const people: Person[] = [];
  for (let turn = 0; ; turn += 1) {
    const act = await nextAct(scene, people, turn);
    const sinceMs = systemClock.nowMs();
    const time = new Date(sinceMs).toISOString().slice(11, 19);
    try {
      await act.do();
      const { shown, tookMs } = await act.seen(sinceMs);
      say(`${time}  Entra: ${act.words.padEnd(52)}  GetHomeSafe: ${shown}, after ${tookMs} ms`);
    } catch (error) {
      scene.stage.signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      say(`${time}  Entra: ${act.words.padEnd(52)}  ${messageOf(error)}`);
    }
    await systemClock.sleep(EVERY_MS, scene.stage.signal);
  }
}

async function nextAct(scene: Scene, people: Person[], turn: number): Promise<Act> {
  const person = people[turn % Math.max(people.length, 1)];
  if (!person || (turn % 6 === 0 && people.length < MOST_NEWCOMERS)) return newPerson(scene, people);
  // Somebody who is disabled comes back before anything else happens to them.
  if (!person.enabled) return disable(scene, person);
  const act = ACTS[person.acts % ACTS.length] ?? rename;
  person.acts += 1;
  return act(scene, person);
}

async function newPerson(scene: Scene, people: Person[]): Promise<Act> {
  const number = people.length;
  const given = GIVEN[number % GIVEN.length] ?? '';
  const surname = SURNAMES[(number * 3 + Math.floor(number / GIVEN.length)) % SURNAMES.length] ?? '';
  const person = await scene.newcomer(`${given} ${surname}`);
  people.push({ ...person, inField: false, enabled: true, event: null, acts: 0 });
  const { night } = scene.mapped;
  return seenInRecord(scene, {
    words: `${person.name} is new and joins "${night.group.name}"`,
    do: () => scene.control.change('PUT', `${scene.at}/groups/${night.group.id}/members/${person.id}`),
    objectId: person.id,
    isSeen: isIn(night.team.id),
    shown: ({ firstName, lastName, status }) => `${firstName} ${lastName} ${status} in team ${night.team.name}`,
  });
}

function rename(scene: Scene, person: Person): Act {
  const [surname] = SURNAMES.toSorted(() => systemChance.random() - 0.5);
  const mark = `${surname}-${systemChance.token(2)}`;
  return edit(scene, person, {
    words: `${person.name} has the surname ${mark} now`,
    change: { surname: mark },
    isSeen: ({ lastName }) => lastName === mark,
    shown: ({ firstName, lastName }) => `${firstName} ${lastName}`,
  });
}

function changePhone(scene: Scene, person: Person): Act {
  const digits = String(Math.floor(systemChance.random() * 9_000_000) + 1_000_000);
  const number = `022 ${digits.slice(0, 3)} ${digits.slice(3)}`;
  return edit(scene, person, {
    words: `${person.name} has the mobile number ${number} now`,
    change: { mobilePhone: number },
    isSeen: ({ mobilePhone }) => mobilePhone === `+6422${digits}`,
    shown: ({ mobilePhone }) => `mobile phone ${mobilePhone}`,
  });
}

function disable(scene: Scene, person: Person): Act {
  person.enabled = !person.enabled;
  const { enabled } = person;
  return edit(scene, person, {
    words: `${person.name}'s account is ${enabled ? 'enabled again' : 'disabled'}`,
    change: { accountEnabled: enabled },
    isSeen: ({ status }) => (status !== 'archived') === enabled,
    shown: ({ status }) => status,
  });
}

/** Joins or leaves the group below the mapped one. */
function move(scene: Scene, person: Person): Act {
  person.inField = !person.inField;
  const { inField } = person;
  const { team } = scene.mapped.field;
  const path = `${scene.at}/groups/${scene.below.id}/members/${person.id}`;
  return seenInRecord(scene, {
    words: `${person.name} ${inField ? 'joins' : 'leaves'} "${scene.below.name}"`,
    do: () => scene.control.change(inField ? 'PUT' : 'DELETE', path),
    objectId: person.id,
    isSeen: (record) => isIn(team.id)(record) === inField,
    shown: () => `${inField ? 'in' : 'out of'} team ${team.name}`,
  });
}

function edit(
  scene: Scene,
  { id }: Person,
  { change, ...act }: Omit<PersonAct, 'do' | 'objectId'> & { change: object },
): Act {
  const patch = () => scene.control.change('PATCH', `${scene.at}/users/${id}`, change);
  return seenInRecord(scene, { ...act, objectId: id, do: patch });
}

function seenInRecord(scene: Scene, { objectId, isSeen, shown, ...act }: PersonAct): Act {
  return {
    ...act,
    seen: async (sinceMs) => {
      const { record, tookMs } = await scene.seen(objectId, isSeen, { for: act.words, sinceMs });
      return { shown: shown(record), tookMs };
    },
  };
}

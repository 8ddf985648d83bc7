import type { Changes } from '../../../changes/create-changes.js';
import type { Clock } from '../../../kernel/clock.js';
import { chunksOf } from '../../../kernel/lists.js';
import { isHeld, judge } from '../../../projection/guard.js';
import type { Apply } from '../../apply.js';
import { CLOSED_POLL_MS, type Gate } from '../../may-work.js';
import type { Owner, OwnerWork } from '../../owner.js';
import { createSharedLook } from '../../pacing/shared-look.js';
import type { LoadDeps } from '../load-inputs.js';
import { type GuardFacts, inTeams } from './guard-facts.js';
import { heldNow, heldTogether } from './held-together.js';
import { pendingNow } from './judge-takings.js';
import { linkedAtStart } from './linked-at-start.js';

const LOOK_MS = 250;
const NOTED_AT_ONCE = 500;

export interface WakeHeldDeps extends LoadDeps {
  readonly changes: Pick<Changes, 'note'>;
  readonly gate: Pick<Gate, 'isOpen' | 'integration'>;
  readonly clock: Clock;
  readonly apply: Pick<Apply, 'endedUntaken'>;
}

/**
 * Where what ripened ends without being taken, those who are held may be few enough by now (law L12): whoever of them
 * would go is read again. They may be thousands, so that no transaction has to do with it: what ended is known to this
 * process, and an owner that begins looks once.
 */
export function createWakeHeld(deps: WakeHeldDeps): OwnerWork {
  const { gate, clock } = deps;
  const find = async (tenantIds: readonly string[]) => tenantIds.filter((id) => deps.apply.endedUntaken(id));
  const untilEnded = createSharedLook({ clock, everyMs: LOOK_MS, find });
  return {
    name: 'held',
    run: async (owner) => {
      let mayHelp = true;
      while (!owner.signal.aborted) {
        if (!(await gate.isOpen(owner))) await clock.sleep(CLOSED_POLL_MS, owner.signal);
        else if (mayHelp) {
          mayHelp = false;
          await wake(owner);
        } else mayHelp = await untilEnded(owner.tenantId, owner.signal);
      }
    },
  };

  async function wake(owner: Owner): Promise<void> {
    const { enterpriseId, tenantId } = owner;
    const brakePercent = (await gate.integration(owner))?.inEffect?.settings.removalBrakePercent ?? 100;
    const facts = { scope: { enterpriseId, tenantId }, now: clock.now() };
    const note = { tenantId, kind: 'user', via: 'recheck', notified: 0 } as const;
    for (const objectIds of chunksOf(await wouldGo(deps, facts, brakePercent), NOTED_AT_ONCE))
      await deps.changes.note(objectIds.map((objectId) => ({ ...note, objectId })));
  }
}

/**
 * Who of those that are held would go if they were read now. Judged by what was decided since the last of them was held,
 * which is less than since the others were: nobody is passed over.
 */
async function wouldGo(deps: LoadDeps, facts: GuardFacts, brakePercent: number): Promise<Iterable<string>> {
  const held = await heldNow(deps, facts);
  const [last] = held;
  if (last === undefined) return [];
  const storm = await heldTogether(deps, facts, { since: last.at, here: new Set() });
  const { ripening, window: lately } = await pendingNow(deps, { ...facts, drafts: [] });
  const takings = [...ripening, ...storm.pending];
  const window = [...lately, ...storm.taken];
  const linked = await linkedAtStart(deps, facts, []);
  const { enterprise } = judge({ ...linked, window, pending: takings, brakePercent });
  const left = await inTeams(deps, facts, { takings: held.filter(({ kind }) => !enterprise.has(kind)) });
  if (left.length === 0) return [];
  const teams = new Set(left.flatMap(({ teamIds }) => teamIds));
  const linkedInTeams = await linkedAtStart(deps, facts, [...teams]);
  const pending = await inTeams(deps, facts, { takings, teams });
  const verdict = judge({ ...linkedInTeams, window, pending, brakePercent });
  return new Set(left.filter((taking) => !isHeld(verdict, taking)).map(({ personId }) => personId));
}

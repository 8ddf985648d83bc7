import { useState } from 'react';
import { useOutletContext } from 'react-router';
import { ApiProblem } from '../api/client.js';
import type { Integration, SettingsPatch } from '../api/types.js';
import { useAct } from '../api/use-api.js';
import { useEnterprise } from '../session/use-session.js';
import type { EntraContext } from './entra-layout.js';

type Name = keyof SettingsPatch & keyof Integration;

/** What somebody has changed and not saved yet, over what the service has. */
export interface SettingsDraft {
  readonly value: Integration;
  readonly isDirty: boolean;
  readonly isSaving: boolean;
  /** Saved, and nothing was changed since. */
  readonly isSaved: boolean;
  readonly mayChange: boolean;
  readonly error: unknown;
  /** Somebody else saved in between: nothing of ours was. */
  readonly isOutdated: boolean;
  set<K extends Name>(name: K, value: Integration[K]): void;
  discard(): void;
  save(): void;
  /** Saves over what somebody else saved in between. */
  saveOver(): void;
  errorOf(name: Name): string | undefined;
}

/** Edits settings with `If-Match`: what others save meanwhile is never lost unseen. */
export function useSettingsDraft(): SettingsDraft {
  const { integration } = useOutletContext<EntraContext>();
  const { base, mayChange } = useEnterprise();
  const [edits, setEdits] = useState<Partial<Integration>>({});
  const [revision, setRevision] = useState(integration.revision);
  const act = useAct<{ body: Partial<Integration>; ifMatch: number }, Integration>(({ body, ifMatch }) => ({
    path: `${base}/integration`,
    ...{ method: 'PATCH', body, ifMatch },
  }));
  const changed = Object.entries(edits).filter(([name, value]) => integration[name as Name] !== value);
  const isDirty = changed.length > 0;
  const send = (ifMatch: number) =>
    act.mutate({ body: Object.fromEntries(changed), ifMatch }, { onSuccess: () => setEdits({}) });
  const problem = act.error instanceof ApiProblem ? act.error : null;
  return {
    value: { ...integration, ...edits },
    ...{ isDirty, mayChange, isSaving: act.isPending, isSaved: act.isSuccess && !isDirty, error: act.error },
    isOutdated: problem?.status === 412,
    set: (name, value) => {
      if (!isDirty) setRevision(integration.revision);
      if (!act.isIdle) act.reset();
      setEdits((before) => ({ ...before, [name]: value }));
    },
    discard: () => {
      act.reset();
      setEdits({});
    },
    save: () => send(revision),
    saveOver: () => send(integration.revision),
    errorOf: (name) => (problem?.field === name ? problem.message : undefined),
  };
}

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem } from '../api/client.js';
import { readAgain, useAct } from '../api/use-api.js';
import { useEnterprise } from '../session/use-session.js';

/** How changes that are not saved yet stand. */
export interface DraftState {
  readonly isDirty: boolean;
  readonly isSaving: boolean;
  /** Saved, and nothing was changed since. */
  readonly isSaved: boolean;
  readonly mayChange: boolean;
  readonly error: unknown;
  /** Somebody else saved in between: nothing of ours was. */
  readonly isOutdated: boolean;
  discard(): void;
  save(): void;
  /** Saves over what somebody else saved in between. */
  saveOver(): void;
}

/** What somebody has changed and not saved yet, over what the service has. */
export interface Draft<T> extends DraftState {
  readonly value: T;
  set<K extends keyof T>(name: K, value: T[K]): void;
  /** `field`: as the service names it, which may be a part of a value. */
  errorOf(field: string): string | undefined;
  /** The same person saved another part of the same settings. */
  hasSaved(before: number, after: number): void;
}

interface DraftOf<T> {
  readonly saved: T;
  readonly revision: number;
  /** Where changes are sent, by PATCH with `If-Match`. */
  readonly path: string;
  /** What is sent of what has changed; all of it unless told. */
  readonly bodyOf?: (changed: Partial<T>, saved: T) => object;
}

/** Edits settings with `If-Match`: what others save meanwhile is never lost unseen. */
export function useDraft<T extends object>(of: DraftOf<T>): Draft<T> {
  const { saved, path, bodyOf = (changed) => changed } = of;
  const { mayChange } = useEnterprise();
  const queries = useQueryClient();
  const [edits, setEdits] = useState<Partial<T>>({});
  const [revision, setRevision] = useState(of.revision);
  const act = useAct<{ body: object; ifMatch: number }, { revision: number }>((given) => {
    return { path, method: 'PATCH', ...given };
  });
  const changed = Object.entries(edits).filter(([name, value]) => !isSame(saved[name as keyof T], value));
  const isDirty = changed.length > 0;
  const isUpTo = (known: number) => setRevision((before) => Math.max(before, known));
  const send = async (ifMatch: number) => {
    const sent = Object.fromEntries(changed) as Partial<T>;
    try {
      const answer = await act.mutateAsync({ body: bodyOf(sent, saved), ifMatch });
      isUpTo(answer.revision);
      setEdits((now) => withoutSent(now, sent));
    } catch {
      // What somebody else saved is read before it is shown, and before it is saved over.
      await readAgain(queries);
    }
  };
  const problem = act.error instanceof ApiProblem ? act.error : null;
  return {
    value: { ...saved, ...edits },
    ...{ isDirty, mayChange, isSaving: act.isPending, isSaved: act.isSuccess && !isDirty, error: act.error },
    isOutdated: problem?.status === 412,
    set: (name, value) => {
      if (!isDirty) isUpTo(of.revision);
      if (act.isSuccess || act.isError) act.reset();
      setEdits((before) => ({ ...before, [name]: value }));
    },
    discard: () => {
      act.reset();
      setEdits({});
    },
    save: () => void send(revision),
    saveOver: () => void send(of.revision),
    hasSaved: (before, after) => setRevision((known) => (known === before ? after : known)),
    errorOf: (field) => (problem?.field === field ? problem.message : undefined),
  };
}

/** What was changed while the rest was on its way stays to be saved. */
function withoutSent<T extends object>(edits: Partial<T>, sent: Partial<T>): Partial<T> {
  const left = Object.entries(edits).filter(([name, value]) => value !== sent[name as keyof T]);
  return Object.fromEntries(left) as Partial<T>;
}

/** Both are JSON as the service sends it, with their keys in one order. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

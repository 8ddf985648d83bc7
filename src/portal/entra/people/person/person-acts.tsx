import { Text } from '@mantine/core';
import { useState } from 'react';
import { ActButton } from '../../../frame/acts/act-button.js';
import type { Undone } from '../../history/types.js';
import type { Person, PersonWhy } from '../types.js';
import { UndoPreviewed } from './undo-previewed.js';

interface PersonActsProps {
  readonly why: PersonWhy;
  readonly record: Person | null;
  readonly at: string;
  readonly name: string;
}

/** What can be done about a person. */
export function PersonActs({ why, record, at, name }: PersonActsProps) {
  const bySync = why.ledger.some(({ cause }) => cause.by !== 'person' && cause.by !== 'undo');
  return (
    <>
      {why.objectId !== null && (
        <ActButton
          label="Sync now"
          path={`${at}/sync`}
          variant="filled"
          done={() => `${name} is read from Microsoft Entra ID next.`}
        />
      )}
      {bySync && <UndoButton at={at} name={name} />}
      {record && record.status !== 'archived' && (
        <ActButton
          label="Archive"
          path={`${at}/archive`}
          ask={{ title: `Archive ${name}?`, text: <ArchiveText isLinked={record.objectId !== null} /> }}
          done={() => `${name} is archived.`}
        />
      )}
      {record?.status === 'archived' && (
        <ActButton
          label="Restore"
          path={`${at}/restore`}
          ask={{ title: `Restore ${name}?`, text: 'The profile comes back with its history, teams and address.' }}
          done={() => `${name} is back.`}
        />
      )}
    </>
  );
}

/** What was shown is undone, and nothing that the sync has written since. */
function UndoButton({ at, name }: Pick<PersonActsProps, 'at' | 'name'>) {
  // Until something was shown it is empty, which names no write: the service refuses that.
  const [write, setWrite] = useState('');
  const text = <UndoPreviewed at={at} onShown={setWrite} />;
  return (
    <ActButton<Undone>
      label="Undo"
      path={`${at}/undo`}
      body={{ write }}
      color="red"
      ask={{ title: `Undo what the sync wrote last about ${name}?`, text }}
      done={({ undone, left }) => `Undone: ${undone}. Left as it is: ${left}.`}
    />
  );
}

export function ArchiveText({ isLinked }: { readonly isLinked: boolean }) {
  return (
    <Text size="sm">
      The profile leaves the list of people and cannot sign in. Its address is free for others, its activities to come
      are cancelled, its history stays.
      {isLinked && ' The sync does not bring it back: only somebody who restores it does.'}
    </Text>
  );
}

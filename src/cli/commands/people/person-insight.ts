import type { Command } from 'commander';
import { z } from 'zod';
import type { Services } from '../../../compose.js';
import { facts, shown, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { leaf } from '../../frame/command.js';
import { ofEnterprise } from '../../frame/option-values.js';
import { addPersonData } from './person-data.js';

const PERSON = ['<person>', 'id, object id or e-mail'] as const;

/** `people why`, `people sync`, `people export` and `people erase`. */
export function addPersonInsight(people: Command, cli: Cli): void {
  addPersonData(people, cli);
  leaf(people, cli, {
    name: 'why',
    about:
      'Explain a person: what Entra said, which groups and mappings count, what stands in the way, what was written.',
    argument: PERSON,
    schema: z.object({ ...ofEnterprise, person: z.string() }),
    run: async ({ enterprise, person }) => {
      const { explainPerson } = await cli.services();
      const document = await explainPerson({ enterpriseId: await cli.enterpriseId(enterprise), person });
      return { document, lines: linesOf(document) };
    },
  });
  leaf(people, cli, {
    name: 'sync',
    about: 'Have the person read from Entra and put in step soon.',
    argument: PERSON,
    schema: z.object({ ...ofEnterprise, person: z.string() }),
    run: async ({ enterprise, person }) => {
      const { readAgain } = await cli.services();
      const enterpriseId = await cli.enterpriseId(enterprise);
      const document = await readAgain.person({ enterpriseId, person }, { who: cli.who });
      return { document, lines: ['Noted: the service reads this person next.'] };
    },
  });
}

type Explained = Awaited<ReturnType<Services['explainPerson']>>;

function linesOf(explained: Explained): string[] {
  const { record, reading, change, notifications } = explained;
  return [
    explained.scope,
    ...facts([
      ['id', explained.id],
      ['object id', explained.objectId],
      ['status', record?.status],
      ['in Entra', reading?.state],
      ['read at', reading?.readAt],
      ['last notification', notifications.lastAt],
      ['waits for', explained.waitsFor],
      ['to be read again', change?.dueAt],
      ['set aside', change?.parked && `${change.parked.code}: ${change.parked.message}`],
    ]),
    ...explained.groups.map(groupLine),
    ...table(
      ['field', 'source', 'there', 'means', 'record', 'from'],
      explained.fields.map(({ target, source, raw, isRead, normalised, value, origin }) => [
        ...[target, source ?? 'not mapped', source && !isRead ? 'not read' : raw, normalised, value, origin],
      ]),
    ),
    ...(record?.teams ?? []).map(({ id, name, reason, groups }) => {
      const through = groups.length > 0 ? `, through ${shown(groups)}` : '';
      return `team ${shown(name ?? id)}: ${reason}${through}`;
    }),
    ...explained.problems.map(({ code, message, remedy }) => `problem ${code}: ${shown(`${message} ${remedy}`)}`),
    ...explained.decisions.map(({ subject, verdict, by }) => `decision ${subject}: ${verdict} by ${by}`),
    ...table(
      ['written', 'what', 'before', 'after', 'why'],
      explained.ledger.map(({ at, kind, field, before, after, why }) => [at, field ?? kind, before, after, why]),
      'Nothing was written about this person.',
    ),
  ];
}

function groupLine({ id, name, state, inEffect, mappings }: Explained['groups'][number]): string {
  const teams = mappings.map(({ teamId, teamName }) => teamName ?? `${teamId}, which does not exist`);
  const odd = state === null || state === 'ok' ? '' : `, ${state}`;
  const waits = inEffect ? '' : ', from the next sync on';
  const to = teams.length > 0 ? `mapped to ${shown(teams)}` : 'not mapped any more';
  return `group ${shown(name ?? id)}${odd}: ${to}${waits}`;
}

import type { Command } from 'commander';
import { z } from 'zod';
import {
  composeNotices,
  EMAILS_MOST,
  isEmailAddress,
  NOTICE_KINDS,
  type NoticeStanding,
} from '../../../compose/notices.js';
import { given } from '../../../kernel/given.js';
import { type Answer, facts, listAnswer, table } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { inPages } from '../../frame/option-values.js';
import { INSTALLATION_OPTION, idOfWhose, whose } from '../../frame/whose.js';

const pages = inPages(100);

/** A comma list; `none` for an empty one. */
const list = z.string().transform((text) => (text.trim() === 'none' ? [] : text.split(',').map((each) => each.trim())));
const addresses = list.pipe(
  z
    .array(z.string().refine(isEmailAddress, { error: 'is no e-mail address' }))
    .max(EMAILS_MOST, { error: `are too many: at most ${EMAILS_MOST}` }),
);
const kinds = list.pipe(z.array(z.enum(NOTICE_KINDS, { error: `has other kinds than ${NOTICE_KINDS.join(', ')}` })));

/** `notices set|show|test|list|retry`. */
export function addNoticeCommands(program: Command, cli: Cli): void {
  const notices = family(program, 'notices', 'what administrators are told by e-mail and webhook');
  addSet(notices, cli);
  leaf(notices, cli, {
    name: 'show',
    about: 'Show who is told of what, and what is open now.',
    options: [INSTALLATION_OPTION],
    schema: z.object(whose),
    run: async (named) => {
      const { notices: services, enterpriseId } = await opened(cli, named);
      const open = await services.open(enterpriseId);
      const { document, lines } = standingAnswer(await services.standing(enterpriseId));
      const rows = open.map((row) => [row.kind, row.beganAt, row.told, row.subject]);
      return { document: { ...document, open }, lines: [...lines, '', ...table(['open', 'since', 'told', ''], rows)] };
    },
  });
  leaf(notices, cli, {
    name: 'test',
    about: 'Send a trial to everybody who would be told, now, and say what came of each.',
    options: [INSTALLATION_OPTION],
    schema: z.object(whose),
    run: async (named) => {
      const { notices: services, enterpriseId } = await opened(cli, named);
      const items = await services.tryOut(enterpriseId);
      const rows = items.map(({ ok, channel, to, detail }) => [ok ? 'ok' : 'NOT OK', channel, to, detail]);
      const lines = table(
        ['', 'by', 'to', 'came of it'],
        rows,
        'Nobody is told: there is no recipient and no webhook.',
      );
      return { document: { items }, lines, hasFindings: items.length === 0 || items.some(({ ok }) => !ok) };
    },
  });
  addMessages(notices, cli);
}

function addMessages(notices: Command, cli: Cli): void {
  leaf(notices, cli, {
    name: 'list',
    about: 'List what was told to whom and what came of it, newest first.',
    options: [INSTALLATION_OPTION, ['--parked', 'only those that were given up'], ...pages.options],
    schema: z.object({ ...whose, ...pages.schema, parked: z.boolean().optional() }),
    run: async ({ limit: most, after, parked, ...named }) => {
      const { notices: services, enterpriseId } = await opened(cli, named);
      const { items, next } = await services.list(enterpriseId, { limit: most, ...given({ after, parked }) });
      const rows = items.map((each) => [each.at, each.channel, each.to, each.state, each.subject, each.failure]);
      return listAnswer(items, table(['at', 'by', 'to', 'state', 'subject', 'failure'], rows), next);
    },
  });
  leaf(notices, cli, {
    name: 'retry',
    about: 'Send parked notices again.',
    argument: ['[notice]', 'id of one, as the list with --json shows it; all parked ones where left out'],
    options: [INSTALLATION_OPTION],
    schema: z.object({ ...whose, notice: z.string().optional() }),
    run: async ({ notice: id, ...named }) => {
      const { notices: services, enterpriseId } = await opened(cli, named);
      const retried = await services.retry(enterpriseId, given({ id }));
      return { document: { retried }, lines: [`${retried} notices are sent again.`] };
    },
  });
}

function addSet(notices: Command, cli: Cli): void {
  leaf(notices, cli, {
    name: 'set',
    about: 'Choose who is told of what; it applies at once.',
    options: [
      INSTALLATION_OPTION,
      ['--emails <addresses>', 'a comma list instead of the account administrators; none: these again'],
      ['--off <kinds>', `what is not told, a comma list of ${NOTICE_KINDS.join(', ')}; none: everything is told`],
      ['--webhook <url>', 'where notices are posted too, with a new secret that is shown only now; none: no webhook'],
    ],
    schema: z.object({ ...whose, emails: addresses.optional(), off: kinds.optional(), webhook: z.string().optional() }),
    run: async ({ emails, off, webhook, ...named }) => {
      const { notices: services, enterpriseId } = await opened(cli, named);
      const by = { by: cli.who };
      const patch = given({ emails, off, webhook: webhook === 'none' ? null : undefined });
      const isSet = webhook !== undefined && webhook !== 'none';
      // First: its address alone is judged by the installation, everything else was checked when it was read.
      const secret = isSet ? (await services.settings.setWebhook(enterpriseId, webhook, by)).secret : null;
      if (Object.keys(patch).length > 0) await services.settings.set(enterpriseId, patch, by);
      const { document, lines } = standingAnswer(await services.standing(enterpriseId));
      if (secret === null) return { document, lines };
      return { document: { ...document, secret }, lines: [`Secret, shown only now: ${secret}`, ...lines] };
    },
  });
}

async function opened(cli: Cli, named: Parameters<typeof idOfWhose>[1]) {
  // First: a setting that is missing must not start a database.
  const config = cli.config();
  const enterpriseId = await idOfWhose(cli, named);
  return { notices: composeNotices(await cli.services(), config), enterpriseId };
}

function standingAnswer(standing: NoticeStanding): Answer & { document: object } {
  const { emails, recipients, kinds: told, webhook, canMail } = standing;
  const post = webhook && (webhook.canSign ? webhook.origin : `${webhook.origin} (its secret is gone: set it again)`);
  const off = NOTICE_KINDS.filter((kind) => !told[kind]);
  return {
    document: standing,
    lines: facts([
      ['e-mail', canMail ? 'by SMTP_URL' : 'none is sent: set SMTP_URL and MAIL_FROM'],
      ['to', recipients],
      ['chosen', emails.length > 0 ? 'by hand' : 'administrators'],
      ['webhook', post],
      ['told', NOTICE_KINDS.filter((kind) => told[kind])],
      ['not told', off],
    ]),
  };
}

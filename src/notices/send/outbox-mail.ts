import { hashOf } from '../../kernel/secrets.js';
import type { OutboxRow } from '../../records/outbox/outbox-rows.js';
import { USERS, type UserRow } from '../../records/types.js';
import type { Store } from '../../store/connect.js';
import { ENTERPRISES, type EnterpriseRow } from '../../tenancy/types.js';
import { tidy } from '../rules/words.js';
import type { Mail } from './mailer.js';

const NAME_MOST = 100;

/** A message of the outbox in words; null: whom it is about is not there any more, or archived and not to be invited. */
export async function outboxMail(
  { store, publicUrl }: { store: Store; publicUrl: string },
  row: OutboxRow,
): Promise<Mail | null> {
  const { _id, enterpriseId, userId, to } = row;
  const id = hashOf(_id);
  const user = await store.collection<UserRow>(USERS).findOne({ _id: userId, enterpriseId });
  const enterprise = await store.collection<EnterpriseRow>(ENTERPRISES).findOne({ _id: enterpriseId });
  if (user === null || enterprise === null) return null;
  const at = tidy(enterprise.name, NAME_MOST);
  switch (row.kind) {
    case 'invitation': {
      if (user.status === 'archived') return null;
      const lines = [
        `${at} has added you to GetHomeSafe, which looks after people who work alone or away.`,
        `Your sign-in address is ${to}: sign in to the GetHomeSafe app with it, or ask your account administrator.`,
      ];
      return { id, to, subject: tidy(`${at} invites you to GetHomeSafe`, NAME_MOST), text: `${lines.join('\n\n')}\n` };
    }
    case 'address_changed': {
      const isOwn = _id.endsWith(`:${userId}`);
      const name = tidy([user.firstName, user.lastName].filter(Boolean).join(' '), NAME_MOST);
      const whose = isOwn ? 'Your sign-in address' : `The sign-in address of ${name || 'a person'}`;
      const pages = `${publicUrl}/enterprises/${encodeURIComponent(enterpriseId)}/integrations/entra`;
      const lines = [
        `${whose} for GetHomeSafe at ${at} was changed with Microsoft Entra ID, and is ${user.email ?? 'empty'} now.`,
        ...(isOwn ? ['Nothing has to be done.'] : [`${pages}/people/${encodeURIComponent(userId)}`]),
      ];
      return {
        id,
        to,
        subject: `${isOwn ? 'Your' : 'A'} sign-in address was changed`,
        text: `${lines.join('\n\n')}\n`,
      };
    }
  }
}

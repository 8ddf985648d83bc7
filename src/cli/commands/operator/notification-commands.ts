import type { Command } from 'commander';
import { z } from 'zod';
import { richPreviews } from '../../../compose/rich.js';
import { shown } from '../../frame/answer.js';
import type { Cli } from '../../frame/cli.js';
import { family, leaf } from '../../frame/command.js';
import { readJsonFile } from '../../frame/json-file.js';
import { readTextFile } from '../../frame/text-file.js';

type Opened = ReturnType<typeof richPreviews.notification>;

const WORDS: Readonly<Record<NonNullable<Opened['reason']>, string>> = {
  signature: 'signature: the data is not what was signed, so it was not decrypted.',
  certificate: 'certificate: it was encrypted for another certificate, or the key in it does not open with this one.',
  token: 'token: validationTokens is there, but null, empty or no list of JWTs.',
  malformed: 'malformed: this is no encryptedContent as Graph sends it, or no JSON object came out of it.',
};

/** `notifications open`. */
export function addNotificationCommands(program: Command, cli: Cli): void {
  const notifications = family(program, 'notifications', 'what Graph sends with the data of what changed');
  leaf(notifications, cli, {
    name: 'open',
    about:
      'Decrypt one rich notification. Needs no database and no network, so validation tokens are not verified: ' +
      'reason "token" only says that validationTokens is there and cannot even be decoded.',
    options: [
      ['--file <json>', 'a POST of Graph with one item, one item, or one encryptedContent; - is stdin'],
      ['--key <pem>', 'a PEM file with the private key of our certificate'],
      ['--certificate-id <id>', 'encryptionCertificateId of that certificate; any id fits where left out'],
    ],
    schema: z.object({ file: z.string(), key: z.string(), certificateId: z.string().optional() }),
    run: async ({ file, key, certificateId }) => {
      const keyPem = await readTextFile(key, 'key');
      const document = richPreviews.notification({ document: await readJsonFile(file, 'file'), keyPem, certificateId });
      return { document, lines: linesOf(document), hasFindings: !document.ok };
    },
  });
}

function linesOf({ reason, content }: Opened): string[] {
  if (reason !== null) return [`Not opened. ${WORDS[reason]}`];
  return JSON.stringify(content, null, 2).split('\n').map(shown);
}

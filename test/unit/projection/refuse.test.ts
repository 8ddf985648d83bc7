import type { NamedHolder, Refusal } from '../../../src/projection/claims.js';
import { project } from '../../../src/projection/project.js';
import { refuse } from '../../../src/projection/refuse.js';
import { anInput, aRecord, present } from './a-projection-input.js';

const byHand: NamedHolder = { recordId: 'record-9', origin: 'manual', linkedObjectId: null };
const taken = heldBy(byHand);
const reading = present({ mail: 'new@contoso.com', givenName: 'Annie' });

function heldBy(holder: NamedHolder | null): Refusal {
  return { code: 'duplicate_email', key: 'new@contoso.com', holder };
}

test('a newcomer without their address is not created', () => {
  const refused = refuse(project(anInput({ record: null, reading })), taken);
  expect(refused).toMatchObject({ gives: [], takes: [], lastSynced: {} });
  expect(refused.problems).toEqual([expect.objectContaining({ code: 'duplicate_email', severity: 'error' })]);
  expect(refused.problems[0]?.message).toContain('record-9');
});

test('an archived profile stays archived', () => {
  const record = aRecord({ status: 'archived', archivedReason: 'sync_disabled' });
  expect(refuse(project(anInput({ record, reading })), taken)).toMatchObject({ gives: [], takes: [], lastSynced: {} });
});

test('E23: a linked person keeps the old address and gets the other fields', () => {
  const refused = refuse(project(anInput({ reading })), taken);
  expect(refused.gives).toEqual([expect.objectContaining({ kind: 'update', field: 'firstName', after: 'Annie' })]);
  expect(refused.takes).toEqual([]);
  expect(Object.keys(refused.lastSynced)).not.toContain('email');
  expect(refused.wantedEmailKey).toBe('new@contoso.com');
});

test('E24: who holds the address elsewhere stays unsaid', () => {
  const [problem] = refuse(project(anInput({ reading })), heldBy(null)).problems;
  expect(problem?.message).toContain('in use elsewhere');
  expect(problem?.remedy).toContain('contact support');
});

test.each([
  ['E24', byHand, 'record-9, which was added by hand', 'contact support to merge'],
  ['E31', { ...byHand, origin: 'other_integration' }, 'record-9, which came from another integration', 'merge'],
  ['E27', { ...byHand, origin: 'entra', linkedObjectId: 'object-2' }, 'belongs to object-2', 'an address of their own'],
] as const)('%s: the message says whose profile it is and where it came from', (_case, holder, words, remedy) => {
  const [problem] = refuse(project(anInput({ reading })), heldBy(holder)).problems;
  expect(problem?.message).toContain(words);
  expect(problem?.remedy).toContain(remedy);
});

test('E27: a duplicate in the directory names the other accounts', () => {
  const refusal: Refusal = { code: 'duplicate_email_in_source', key: 'new@contoso.com', others: ['object-2'] };
  expect(refuse(project(anInput({ reading })), refusal).problems[0]?.message).toContain('object-2');
});

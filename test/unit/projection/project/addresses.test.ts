import { emailKeyOf } from '../../../../src/projection/email-address.js';
import { project } from '../../../../src/projection/project.js';
import type { PresentRecord, Projection } from '../../../../src/projection/types.js';
import { anInput, aRecord, present } from '../a-projection-input.js';

function read(mail: string | null | undefined, record: PresentRecord | null): Projection {
  return project(anInput({ record, reading: present({ mail, surname: 'Hohepa' }) }));
}

function problems({ problems: found }: Projection): string[] {
  return found.filter(({ subject }) => subject === 'email').map(({ code, severity }) => `${severity} ${code}`);
}

const malformed = [
  'anna',
  'anna@',
  '@contoso.com',
  'anna aroha@contoso.com',
  'anna@contoso',
  `${'a'.repeat(250)}@c.com`,
];

describe('E22: case and surrounding space', () => {
  test.each(['ANNA@CONTOSO.COM', ' anna@contoso.com ', 'Anna@Contoso.com\t'])('"%s" is no change', (mail) => {
    const projection = read(mail, aRecord());
    expect(projection.takes).toEqual([]);
    expect(projection.gives).toEqual([expect.objectContaining({ field: 'lastName' })]);
    expect(projection.wantedEmailKey).toBe('anna@contoso.com');
  });

  test('a new profile shows the spelling of the directory', () => {
    expect(read(' Anna.Aroha@Contoso.COM ', null).gives[0]).toMatchObject({
      after: { email: 'Anna.Aroha@Contoso.COM' },
    });
  });

  test.each(['an.na@contoso.com', 'anna+x@contoso.com'])('"%s" is another address', (mail) => {
    expect(read(mail, aRecord()).takes).toMatchObject([{ taking: 'email_change', change: { after: mail } }]);
  });
});

test('E23: another address at the source is a change of the same profile', () => {
  const { takes, wantedEmailKey } = read('new@contoso.com', aRecord());
  expect(takes).toMatchObject([{ change: { kind: 'update', before: 'Anna@contoso.com', after: 'new@contoso.com' } }]);
  expect(wantedEmailKey).toBe('new@contoso.com');
});

describe('E25: an archived profile of the same object id', () => {
  test.each(['sync_disabled', 'sync_deleted', 'sync_out_of_scope'] as const)('%s is restored', (archivedReason) => {
    const projection = read('Anna@contoso.com', aRecord({ status: 'archived', archivedReason }));
    expect(projection.gives[0]).toMatchObject({ kind: 'restore' });
    expect(projection.wantedEmailKey).toBe('anna@contoso.com');
  });

  test('one that an administrator archived is neither restored nor made anew', () => {
    const projection = read('Anna@contoso.com', aRecord({ status: 'archived', archivedReason: 'admin' }));
    expect(projection).toMatchObject({ gives: [], takes: [], wantedEmailKey: null });
    expect(projection.problems.map(({ code }) => code)).toEqual(['archived_by_admin']);
  });
});

describe('E29, S24: no address', () => {
  test.each([null, '', '  '])('%j: a newcomer is not created, and gets no user principal name for it', (mail) => {
    const projection = read(mail, null);
    expect(projection).toMatchObject({ gives: [], wantedEmailKey: null });
    expect(problems(projection)).toEqual(['error email_missing']);
  });

  test('somebody linked keeps the last address, with a warning, and the other fields go on', () => {
    const projection = read(null, aRecord());
    expect(projection).toMatchObject({ takes: [], gives: [{ field: 'lastName' }], wantedEmailKey: 'anna@contoso.com' });
    expect(problems(projection)).toEqual(['warning email_missing']);
    expect(projection.lastSynced).not.toHaveProperty('email');
  });
});

describe('E30: a malformed address', () => {
  test.each(malformed)('"%s": a newcomer is not created', (mail) => {
    const projection = read(mail, null);
    expect(projection).toMatchObject({ gives: [], wantedEmailKey: null });
    expect(problems(projection)).toEqual(['error email_invalid']);
  });

  test.each(malformed)('"%s": somebody linked keeps the last address', (mail) => {
    const projection = read(mail, aRecord());
    expect(projection).toMatchObject({ takes: [], wantedEmailKey: 'anna@contoso.com' });
    expect(problems(projection)).toEqual(['warning email_invalid']);
  });

  test('an international domain is accepted, and is the same in both spellings', () => {
    const [create] = read('anna@bücher.example', null).gives;
    expect(create).toMatchObject({ kind: 'create', after: { email: 'anna@bücher.example' } });
    expect(emailKeyOf('anna@bücher.example')).toBe(emailKeyOf('ANNA@XN--BCHER-KVA.example'));
  });
});

import { scryptSync } from 'node:crypto';
import { createPasswords, PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from '../../../src/access/passwords.js';
import { systemChance } from '../../../src/kernel/chance.js';

const passwords = createPasswords({ chance: systemChance });
const PASSWORD = 'correct horse battery';

test('a password is kept as what scrypt makes of it, with its own salt and the parameters', async () => {
  const [kept, again] = [await passwords.hash(PASSWORD), await passwords.hash(PASSWORD)];
  expect(kept).toMatchObject({ cost: 32_768, blockSize: 8, parallelization: 3 });
  const options = { cost: 32_768, blockSize: 8, parallelization: 3, maxmem: 2 ** 26 };
  expect(kept.hash).toBe(scryptSync(PASSWORD, kept.salt, 32, options).toString('base64url'));
  expect(again.salt).not.toBe(kept.salt);
  expect(again.hash).not.toBe(kept.hash);
  expect(JSON.stringify(kept)).not.toContain('horse');
});

test('only the same password passes, and only for somebody who has one', async () => {
  const kept = await passwords.hash(PASSWORD);
  expect(await passwords.verify(PASSWORD, kept)).toBe(true);
  expect(await passwords.verify('Correct horse battery', kept)).toBe(false);
  expect(await passwords.verify(PASSWORD, null)).toBe(false);
});

test('a hash of other parameters is compared by its own', async () => {
  const older = { cost: 2 ** 12, blockSize: 8, parallelization: 1, salt: 'salt' };
  const hash = scryptSync(PASSWORD, 'salt', 32, { ...older, maxmem: 2 ** 26 }).toString('base64url');
  expect(await passwords.verify(PASSWORD, { ...older, hash })).toBe(true);
});

test('the same characters are the same password, however the keyboard composes them', async () => {
  const kept = await passwords.hash('Māori māori māori'.normalize('NFC'));
  expect(await passwords.verify('Māori māori māori'.normalize('NFD'), kept)).toBe(true);
});

test('too short and too long are refused with the limit', async () => {
  const short = 'x'.repeat(PASSWORD_MIN_LENGTH - 1);
  await expect(passwords.hash(short)).rejects.toMatchObject({ code: 'password_too_short', field: 'password' });
  const long = 'x'.repeat(PASSWORD_MAX_LENGTH + 1);
  await expect(passwords.hash(long)).rejects.toMatchObject({ code: 'password_too_long', field: 'password' });
});

test('a made password is long enough and made anew each time', () => {
  const made = [passwords.make(), passwords.make()];
  expect(made[0]).toMatch(/^[\w-]{24}$/);
  expect(made[0]).not.toBe(made[1]);
});

test('more sign-ins than a process can look at are turned away, not queued for ever', async () => {
  const cheap = { cost: 16, blockSize: 8, parallelization: 1, salt: 'salt', hash: '' };
  const all = await Promise.allSettled(Array.from({ length: 100 }, () => passwords.verify('x', cheap)));
  const away = all.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []));
  expect(new Set(away)).toEqual(new Set(['sign_in_busy']));
  expect(away.length).toBeGreaterThan(0);
  expect(away.length).toBeLessThan(100);
});

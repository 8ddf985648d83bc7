import { localPath } from '../../../src/access/sign-in/local-path.js';

const PUBLIC_URL = 'https://ghs.example';

test.each([
  ['/', '/'],
  ['/enterprises/1?tab=runs#last', '/enterprises/1?tab=runs#last'],
  ['/a/../b', '/b'],
])('the path %s is gone back to', (text, path) => {
  expect(localPath(text, PUBLIC_URL)).toBe(path);
});

test.each([
  [undefined],
  [''],
  ['https://evil.example/'],
  ['//evil.example'],
  ['/\\evil.example'],
  ['/\t/evil.example'],
  ['/\n\\evil.example'],
  ['/.//evil.example'],
  ['/a/..//evil.example'],
  ['javascript:alert(1)'],
  ['evil.example'],
  ['\\\\evil.example'],
  [`/${'a'.repeat(2_000)}`],
  [`/${'ā'.repeat(400)}`],
])('%j leads home instead', (text) => {
  const path = localPath(text, PUBLIC_URL);
  expect(path).toBe('/');
  expect(new URL(path, PUBLIC_URL).origin).toBe(PUBLIC_URL);
});

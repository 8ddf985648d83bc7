import { textOf } from './deploy-files.js';

const conf = textOf('deploy/proxy.conf');

/** What nginx makes of a path, by the map that stands in its configuration. */
function logged(path: string): string {
  const [, pattern = ''] = /map \$uri \$path \{\s*default \$uri;\s*~(\S+) \$head\*;\s*\}/.exec(conf) ?? [];
  const { head } = new RegExp(pattern).exec(path)?.groups ?? {};
  return head === undefined ? path : `${head}*`;
}

test('the proxy logs a path only as far as nobody is named in it by an e-mail address', () => {
  expect(/log_format short '(.*)';/.exec(conf)?.[1]).toBe('$remote_addr $request_method $path $status $request_time');
  const people = '/api/v1/enterprises/E/people/';
  for (const person of ['jane@example.com', 'jane@example.com/why', 'jane%40example.com', 'a b@c/d@e']) {
    expect(logged(people + person)).toBe(`${people}*`);
  }
  for (const path of [`${people}0aaaaaaa-1111-4111-8111-111111111111/why`, '/graph/notifications', '/']) {
    expect(logged(path)).toBe(path);
  }
});

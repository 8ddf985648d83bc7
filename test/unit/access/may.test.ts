import { may, type Need } from '../../../src/access/may.js';
import type { Role } from '../../../src/access/types.js';

const OURS = 'our enterprise';
const THEIRS = 'their enterprise';

test.each<[Role, string | null, Record<Need, readonly (string | null)[]>]>([
  ['reader', OURS, { read: [OURS], change: [], operate: [] }],
  ['admin', OURS, { read: [OURS], change: [OURS], operate: [] }],
  ['operator', OURS, { read: [OURS], change: [OURS], operate: [OURS] }],
  ['operator', null, { read: [OURS, THEIRS, null], change: [OURS, THEIRS, null], operate: [OURS, THEIRS, null] }],
  // Neither can be made; if one were there, it would open nothing.
  ['admin', null, { read: [], change: [], operate: [] }],
  ['reader', null, { read: [], change: [], operate: [] }],
])('S8: %s of %s may do this much and nothing else', (role, enterpriseId, allowed) => {
  for (const need of ['read', 'change', 'operate'] as const) {
    const where = [OURS, THEIRS, null].filter((wanted) => may({ role, enterpriseId }, { enterpriseId: wanted, need }));
    expect([need, where]).toEqual([need, allowed[need]]);
  }
});

import type { IndexDefinition } from '../store/indexes.js';
import { NOTICE_MESSAGES, NOTICE_SETTINGS, NOTICE_STATES, NOTICES } from './types.js';

/** Notices that are over and messages are kept for so long: they name addresses. */
const KEPT_SECONDS = 90 * 24 * 60 * 60;

export const NOTICE_INDEXES: readonly IndexDefinition[] = [
  {
    collection: NOTICES,
    name: 'open',
    keys: { enterpriseId: 1, open: 1 },
    options: { partialFilterExpression: { open: true } },
    serves: 'what is open of an enterprise',
  },
  { collection: NOTICES, name: 'by_begin', keys: { enterpriseId: 1, beganAt: -1 }, serves: 'the list of notices' },
  {
    collection: NOTICES,
    name: 'forgotten',
    keys: { endedAt: 1 },
    options: { expireAfterSeconds: KEPT_SECONDS },
    serves: 'notices that are over are forgotten',
  },
  {
    collection: NOTICE_MESSAGES,
    name: 'to_send',
    keys: { channel: 1, nextTryAt: 1 },
    options: { partialFilterExpression: { state: 'waiting' } },
    serves: 'the next message to send',
  },
  { collection: NOTICE_MESSAGES, name: 'by_age', keys: { enterpriseId: 1, at: -1 }, serves: 'the list of messages' },
  {
    collection: NOTICE_MESSAGES,
    name: 'forgotten',
    keys: { at: 1 },
    options: { expireAfterSeconds: KEPT_SECONDS },
    serves: 'messages are forgotten',
  },
  { collection: NOTICE_SETTINGS, name: 'by_revision', keys: { revision: 1 }, serves: 'the collection is there' },
  {
    collection: NOTICE_STATES,
    name: 'to_look_at',
    keys: { lookAt: 1 },
    options: { sparse: true },
    serves: 'the enterprise to look at next',
  },
];

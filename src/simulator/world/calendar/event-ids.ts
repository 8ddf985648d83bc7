import { dateOf, dayNumber } from './wall-time.js';

/** How immutable ids of Outlook items begin: `AAkALgA`. Source: ids logged in public issues. */
const ID_HEAD = Buffer.from([0x00, 0x09, 0x00, 0x2e, 0x00]);
const ID_TAIL = Buffer.alloc(2);
/** Head, GUID, day and tail: no remainder in base64url. */
const ID_BYTES = 27;

/** Outlook's global object ids: a fixed class id, the date of the occurrence (zero for a whole series), and the rest. Source: MS-OXOCAL, PidLidGlobalObjectId. */
const UID_HEAD = '040000008200E00074C5B7101A82E008';
const UID_DATE_END = UID_HEAD.length + 8;

/** The opaque id of an event, or of the occurrence of a series on a date (YYYY-MM-DD). */
export function eventId(guid: string, date: string | null = null): string {
  const day = Buffer.alloc(4);
  day.writeUInt32BE(date === null ? 0 : dayNumber(date));
  return Buffer.concat([ID_HEAD, guidBytes(guid), day, ID_TAIL]).toString('base64url');
}

/** What `eventId` was made of, or null; capitals matter. */
export function readEventId(id: string): { guid: string; date: string | null } | null {
  const bytes = Buffer.from(id, 'base64url');
  if (bytes.length !== ID_BYTES) return null;
  const hex = bytes.toString('hex', 5, 21);
  const guid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const day = bytes.readUInt32BE(21);
  const date = day === 0 ? null : dateOf(day);
  return eventId(guid, date) === id ? { guid, date } : null;
}

export function newICalUId(guid: string): string {
  return `${UID_HEAD}${'0'.repeat(24)}10000000${guid.replaceAll('-', '').toUpperCase()}`;
}

/** The iCalUId of one occurrence: that of its series with the date in it. */
export function occurrenceICalUId(series: string, date: string): string {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const hex = [year >> 8, year & 0xff, month, day].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (!series.startsWith(UID_HEAD)) return `${series}-${date}`;
  return `${UID_HEAD}${hex.toUpperCase()}${series.slice(UID_DATE_END)}`;
}

/** The version of an item as Graph writes it: opaque, and different after every edit. */
export function changeKey(guid: string, version: number): string {
  const count = Buffer.alloc(5);
  count.writeUInt32BE(version, 1);
  return Buffer.concat([guidBytes(guid).subarray(0, 10), count]).toString('base64');
}

function guidBytes(guid: string): Buffer {
  return Buffer.from(guid.replaceAll('-', ''), 'hex');
}

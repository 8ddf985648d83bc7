import { aGuid, benchFor, type Double, graphError, startDouble } from '../graph-double.js';

let double: Double;
afterEach(() => double.close());

test.each([
  [404, 'ErrorItemNotFound', 'gone'],
  [404, 'ErrorInvalidMailboxItemId', 'gone'],
  [404, 'ErrorCalendarOccurrenceIsDeletedFromRecurrence', 'gone'],
  [400, 'ErrorCalendarOccurrenceIsDeletedFromRecurrence', 'gone'],
  [400, 'ErrorItemNotFound', 'failed'],
  [403, 'ErrorInvalidMailboxItemId', 'failed'],
  [404, 'ErrorMessageRecallInProgress', 'failed'],
  [404, 'MailboxNotEnabledForRESTAPI', 'failed'],
])('E47: an event that is answered by %s %s is %s', async (status, code, expected) => {
  double = await startDouble(() => graphError(status, code));
  const read = await benchFor(double).graph.readEvents({ objectId: aGuid(1), eventIds: ['AAkALgA'] });
  expect(read.get('AAkALgA')?.status).toBe(expected);
});

import { EVENT_ATTRIBUTES, graphEventOf, graphEventSchema } from '../../../src/graph/graph-event.js';

test('every attribute that is asked for is read, and nothing else of an event is kept', () => {
  expect([...EVENT_ATTRIBUTES].sort()).toEqual(Object.keys(graphEventSchema.shape).sort());
  expect(graphEventOf({ id: 'A=', subject: null, body: { content: 'secret' }, attendees: [] })).toEqual({
    ...{ id: 'A=', subject: null },
  });
});

test('an event of another shape is told by its id and the property that is wrong', () => {
  expect(graphEventOf({ id: 'A=', start: { dateTime: 5 } })).toEqual({
    id: 'A=',
    unreadable: 'start.dateTime is no text',
  });
  expect(graphEventOf({ id: 7 })).toEqual({ id: null, unreadable: 'id is no text' });
  expect(graphEventOf(null)).toEqual({ id: null, unreadable: 'is no event' });
});

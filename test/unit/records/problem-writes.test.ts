import type { Problem } from '../../../src/projection/types.js';
import { type ProblemChange, problemWrites } from '../../../src/records/problems/problems.js';
import type { ProblemRow } from '../../../src/records/types.js';

const NOW = new Date('2026-03-01T10:00:00Z');
const EARLIER = new Date('2026-02-01T10:00:00Z');

function aProblem(change: Partial<Problem> = {}): Problem {
  return { code: 'phone_unparseable', severity: 'warning', subject: null, message: 'm', remedy: 'r', ...change };
}

function aRow(change: Partial<ProblemRow> = {}): ProblemRow {
  const problem = aProblem(change);
  return {
    _id: `e1:o1:${problem.code}:${problem.subject ?? ''}`,
    ...{ enterpriseId: 'e1', objectId: 'o1', userId: 'u1', ...problem, openedAt: EARLIER, visibleAt: EARLIER },
    ...change,
  };
}

function writes(change: Partial<ProblemChange>) {
  const base = { enterpriseId: 'e1', objectId: 'o1', userId: 'u1', present: [], wanted: [] };
  return problemWrites({ ...base, now: NOW, problemDelayMs: 60_000, ...change });
}

describe('problemWrites', () => {
  it('opens a new problem that is shown at once', () => {
    expect(writes({ wanted: [aProblem({ subject: 'mobilePhone' })] })).toEqual([
      {
        insertOne: {
          document: expect.objectContaining({
            ...{ _id: 'e1:o1:phone_unparseable:mobilePhone', userId: 'u1', subject: 'mobilePhone' },
            ...{ openedAt: NOW, visibleAt: NOW },
          }),
        },
      },
    ]);
  });

  it('keeps a clash of addresses unshown until the other side of a swap had its chance', () => {
    const [opened] = writes({ wanted: [aProblem({ code: 'duplicate_email', severity: 'error' })] });
    expect(opened).toMatchObject({ insertOne: { document: { visibleAt: new Date('2026-03-01T10:01:00Z') } } });
  });

  it('writes nothing for a problem that stays as it is', () => {
    expect(writes({ present: [aRow()], wanted: [aProblem()] })).toEqual([]);
  });

  it('rewords a problem that stays, which keeps the time at which it was opened', () => {
    expect(writes({ present: [aRow()], wanted: [aProblem({ message: 'other words' })] })).toEqual([
      {
        updateOne: {
          filter: { _id: 'e1:o1:phone_unparseable:' },
          update: { $set: { severity: 'warning', message: 'other words', remedy: 'r', userId: 'u1' } },
        },
      },
    ]);
  });

  it('closes what the person does not have any more, in one write', () => {
    const present = [aRow(), aRow({ code: 'country_unknown', _id: 'e1:o1:country_unknown:' })];
    expect(writes({ present })).toEqual([
      { deleteMany: { filter: { _id: { $in: ['e1:o1:phone_unparseable:', 'e1:o1:country_unknown:'] } } } },
    ]);
  });

  it('tells the same code about two subjects apart', () => {
    const present = [aRow({ code: 'field_blank', subject: 'country', _id: 'e1:o1:field_blank:country' })];
    const wanted = [
      aProblem({ code: 'field_blank', subject: 'country' }),
      aProblem({ code: 'field_blank', subject: 'timeZone' }),
    ];
    expect(writes({ present, wanted })).toHaveLength(1);
  });
});

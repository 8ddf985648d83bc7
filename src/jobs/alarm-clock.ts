import { MongoBackend } from '@agendajs/mongo-backend';
import { Agenda } from 'agenda';
import { messageOf } from '../kernel/app-error.js';
import { MINUTE_MS, SECOND_MS } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Store } from '../store/connect.js';
import type { IndexDefinition } from '../store/indexes.js';
import { isDuplicateKey } from '../store/transaction.js';
import type { Job } from './job-table.js';

const COLLECTION = 'agendaJobs';

/** Agenda saves a recurring job by an upsert, which alone lets processes that start at once insert it several times. */
export const JOB_INDEXES: readonly IndexDefinition[] = [
  {
    collection: COLLECTION,
    name: 'job_once',
    keys: { name: 1, type: 1 },
    options: { unique: true, partialFilterExpression: { type: 'single' } },
    serves: 'each recurring job once over all processes',
  },
];

export interface AlarmClock {
  stop(): Promise<void>;
}

export interface JobState {
  readonly name: string;
  readonly nextRunAt: Date | null;
  readonly lastRunAt: Date | null;
  readonly lastFinishedAt: Date | null;
  readonly failedAt: Date | null;
}

/**
 * Runs the table of jobs by Agenda: the alarm clock, never the truth (law L13). One lock and one run of each job at a
 * time over all processes; a job whose process died is free again after a minute.
 */
export async function startAlarmClock(deps: { store: Store; log: Log; jobs: readonly Job[] }): Promise<AlarmClock> {
  const { store, log } = deps;
  const agenda = new Agenda({
    backend: await connectedBackend(store),
    processEvery: SECOND_MS,
    defaultLockLifetime: MINUTE_MS,
    defaultLockLimit: 1,
    defaultConcurrency: 1,
  });
  agenda.on('error', (error: unknown) =>
    log.error({ event: 'agenda.error', error: messageOf(error) }, 'Agenda failed'),
  );
  for (const job of deps.jobs) {
    const handler = async () => {
      try {
        await job.run();
      } catch (error) {
        log.error({ event: 'job.failed', job: job.name, error: messageOf(error) }, 'job failed');
        throw error;
      }
    };
    agenda.define(job.name, handler, { lockLifetime: MINUTE_MS, lockLimit: 1, concurrency: 1 });
  }
  await agenda.start();
  // Saving a running job again would clear its lock and can lose its next run: saved only where it differs.
  const saved = new Map((await savedJobs(store)).map((job) => [job.name, job.repeatInterval]));
  for (const job of deps.jobs) if (saved.get(job.name) !== job.every) await saveJob(agenda, job);
  return { stop: () => agenda.stop() };
}

/** Agenda connects by itself, waits for that for ever, and tells nobody when it fails. */
async function connectedBackend(store: Store): Promise<MongoBackend> {
  const backend = new MongoBackend({ mongo: store.db, collection: COLLECTION });
  await backend.connect();
  backend.connect = async () => {};
  return backend;
}

async function saveJob(agenda: Agenda, { every, name }: Job): Promise<void> {
  try {
    await agenda.every(every, name);
  } catch (error) {
    // Another process saved it in this moment.
    if (!isDuplicateKey(error)) throw error;
  }
}

/** What Agenda knows of the jobs, for operators. */
export async function jobStates(store: Store): Promise<JobState[]> {
  const rows = await savedJobs(store);
  return rows.map(({ name, nextRunAt, lastRunAt, lastFinishedAt, failedAt }) => ({
    name,
    nextRunAt: nextRunAt ?? null,
    lastRunAt: lastRunAt ?? null,
    lastFinishedAt: lastFinishedAt ?? null,
    failedAt: failedAt ?? null,
  }));
}

interface SavedJob {
  readonly name: string;
  readonly repeatInterval?: string;
  readonly nextRunAt?: Date | null;
  readonly lastRunAt?: Date;
  readonly lastFinishedAt?: Date;
  readonly failedAt?: Date;
}

function savedJobs(store: Store): Promise<SavedJob[]> {
  return store.collection<SavedJob>(COLLECTION).find({ type: 'single' }).sort({ name: 1 }).toArray();
}

/**
 * Rows that a read of everybody takes at a time. Left alone MongoDB puts up to 16 MB into an answer (MongoDB manual,
 * cursors): of short rows that is everybody, and each of them is in memory twice.
 */
export const ROWS_A_BATCH = 1_000;

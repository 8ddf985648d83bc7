import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/clock.js';

/** The numbers of delivery, so that a test can shorten them. */
export interface DeliveryLimits {
  /** Real time that items for one address are collected before they are sent. */
  readonly batchingMs: number;
  readonly itemsPerPost: number;
  /** Requests open at one address at a time. */
  readonly parallelPosts: number;
  /** Real time a first sending may take; an answer after it counts as none. */
  readonly firstAnswerMs: number;
  readonly retryAnswerMs: number;
  /** Simulated time before the first retry, the longest between two, and how long Graph goes on trying. */
  readonly retryFirstMs: number;
  readonly retryMostMs: number;
  readonly retryForMs: number;
}

/** Answer times and four hours of retries: Microsoft Graph documentation, webhook delivery, April 2026; the rest is unpublished. */
export const DELIVERY_LIMITS: DeliveryLimits = {
  batchingMs: 20,
  itemsPerPost: 100,
  parallelPosts: 8,
  firstAnswerMs: 3 * SECOND_MS,
  retryAnswerMs: 10 * SECOND_MS,
  retryFirstMs: SECOND_MS,
  retryMostMs: 10 * MINUTE_MS,
  retryForMs: 4 * HOUR_MS,
};

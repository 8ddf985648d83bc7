import { systemChance } from '../../kernel/chance.js';

/** What happens to a request that a fault has caught. */
export interface FaultAction {
  /** Answered instead of the true answer, with these headers and this body. */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  /** Real time the request waits before anything else. */
  readonly delayMs?: number | undefined;
  /** Carried out, but never answered: the caller has to run out of patience. */
  readonly drop?: boolean | undefined;
  /** The connection is cut; before the request is carried out, or after it where `drop` is set too. */
  readonly reset?: boolean | undefined;
  /** Which replica answers: how far behind it is. */
  readonly lagMs?: number | undefined;
}

export interface FaultRule {
  readonly match: { readonly method?: string | undefined; readonly path: string; readonly tenant?: string | undefined };
  /** Matching requests that pass first. */
  readonly after: number;
  /** Matching requests caught after those. */
  readonly times: number;
  readonly action: FaultAction;
}

export interface Fault extends FaultRule {
  readonly id: string;
  /** Matching requests seen so far, and those of them caught. */
  readonly seen: number;
  readonly caught: number;
}

/** A request as faults see it: `path` begins with /v1.0 or the tenant and carries the query. */
export interface Catchable {
  readonly method: string;
  readonly path: string;
  readonly tenantId: string | null;
}

export interface FaultBook {
  add(rule: FaultRule): string;
  remove(id: string): boolean;
  clear(): void;
  list(): readonly Fault[];
  /** The action for this request, counted as used; null where none applies. */
  take(request: Catchable): FaultAction | null;
}

/** Scripted faults, tried in the order they were added; the first that is ready takes the request. */
export function createFaultBook(): FaultBook {
  const faults: { rule: FaultRule; id: string; pattern: RegExp; seen: number; caught: number }[] = [];

  return {
    add: (rule) => {
      const id = systemChance.guid();
      faults.push({ rule, id, pattern: new RegExp(rule.match.path, 'i'), seen: 0, caught: 0 });
      return id;
    },
    remove: (id) => {
      const index = faults.findIndex((fault) => fault.id === id);
      return index >= 0 && faults.splice(index, 1).length === 1;
    },
    clear: () => {
      faults.length = 0;
    },
    list: () => faults.map(({ rule, id, seen, caught }) => ({ ...rule, id, seen, caught })),
    take: (request) => {
      for (const fault of faults) {
        if (!matches(fault.rule, fault.pattern, request)) continue;
        fault.seen += 1;
        if (fault.seen <= fault.rule.after || fault.caught >= fault.rule.times) continue;
        fault.caught += 1;
        return fault.rule.action;
      }
      return null;
    },
  };
}

/** A rule may be written with or without /v1.0 in front, and against the encoded or the decoded path. */
function matches(rule: FaultRule, pattern: RegExp, request: Catchable): boolean {
  const { method, tenant } = rule.match;
  if (method !== undefined && method.toUpperCase() !== request.method) return false;
  if (tenant !== undefined && tenant.toLowerCase() !== request.tenantId) return false;
  const spellings = [request.path, decoded(request.path)];
  return [...spellings, ...spellings.map((path) => path.replace(/^\/v1\.0/, ''))].some((path) => pattern.test(path));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

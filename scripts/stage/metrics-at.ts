const ANSWERS_WITHIN_MS = 10_000;

/** What a process tells at its `/metrics`, by name with labels, such as `graph_requests_total{status="200",kind="batch"}`. */
export async function metricsAt(opsUrl: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${opsUrl}/metrics`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

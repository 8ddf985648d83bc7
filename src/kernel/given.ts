type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Only what was given, on a command line or in a request: without the keys whose value is undefined. */
export function given<T extends object>(values: T): Given<T> {
  const result: Given<T> = {};
  for (const name in values) {
    const value = values[name];
    if (isGiven(value)) result[name] = value;
  }
  return result;
}

function isGiven<V>(value: V): value is Exclude<V, undefined> {
  return value !== undefined;
}

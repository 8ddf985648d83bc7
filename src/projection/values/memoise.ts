/**
 * Remembers the answers of a pure function of one text; forgets all of them at `most` entries, so that it stays
 * bounded without bookkeeping on every call.
 */
export function memoise<V>(compute: (text: string) => V, most: number): (text: string) => V {
  const known = new Map<string, V>();
  return (text) => {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const value = compute(text);
    if (known.size >= most) known.clear();
    known.set(text, value);
    return value;
  };
}

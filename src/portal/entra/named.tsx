import { onceOf, useApi } from '../api/use-api.js';
import { useEnterprise } from '../session/use-session.js';
import { useStructure } from './people/use-structure.js';

const GUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;

interface Groups {
  readonly items: readonly { readonly id: string; readonly name: string | null }[];
}

const namesIn = onceOf(({ items }: Groups) => new Map(items.map(({ id, name }) => [id, name])));

/** A sentence of the service with names in place of the ids of teams, organisations and mapped Entra groups. */
export function Named({ text }: { readonly text: string }) {
  const { base } = useEnterprise();
  const { names } = useStructure();
  const { data } = useApi<Groups>(`${base}/integration/mapped-groups`, { live: ['changes'] });
  const groups = data && namesIn(data);
  const nameOf = (id: string) => names.get(id.toLowerCase()) ?? groups?.get(id.toLowerCase());
  return (
    <span className="value">
      {text.replace(GUID, (id) => {
        const name = nameOf(id);
        return name ? `“${name}”` : id;
      })}
    </span>
  );
}

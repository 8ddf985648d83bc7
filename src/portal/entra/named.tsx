import type { Page } from '../api/use-api.js';
import { useApi } from '../api/use-api.js';
import { useEnterprise } from '../session/use-session.js';
import { useStructure } from './people/use-structure.js';

const GUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;

interface Mapping {
  readonly groupId: string;
  readonly groupName: string | null;
}

/** A sentence of the service with names in place of the ids of teams, organisations and mapped Entra groups. */
export function Named({ text }: { readonly text: string }) {
  const { base } = useEnterprise();
  const { names } = useStructure();
  const { data } = useApi<Page<Mapping>>(`${base}/integration/team-mappings?limit=500`, { live: ['changes'] });
  const groups = new Map(data?.items.map(({ groupId, groupName }) => [groupId, groupName]));
  const nameOf = (id: string) => names.get(id.toLowerCase()) ?? groups.get(id.toLowerCase());
  return (
    <span className="value">
      {text.replace(GUID, (id) => {
        const name = nameOf(id);
        return name ? `“${name}”` : id;
      })}
    </span>
  );
}

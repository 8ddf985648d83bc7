import { onceOf, useApi } from '../../api/use-api.js';
import { useEnterprise } from '../../session/use-session.js';

interface Structure {
  readonly organisations: readonly {
    readonly id: string;
    readonly name: string;
    readonly teams: readonly { readonly id: string; readonly name: string }[];
  }[];
}

/** The enterprise's teams for choices, by organisation, and the names of teams and organisations by id. */
export function useStructure() {
  const { base } = useEnterprise();
  const { data } = useApi<Structure>(base, { live: ['changes'] });
  return parts(data ?? NOTHING);
}

const NOTHING: Structure = { organisations: [] };

const parts = onceOf(({ organisations }: Structure) => {
  const named = organisations.flatMap(({ id, name, teams }) => [{ id, name }, ...teams]);
  return {
    choices: organisations.map(({ name, teams }) => ({
      group: name,
      items: teams.map(({ id, name: team }) => ({ value: id, label: team })),
    })),
    names: new Map(named.map(({ id, name }) => [id, name])) as ReadonlyMap<string, string>,
  };
});

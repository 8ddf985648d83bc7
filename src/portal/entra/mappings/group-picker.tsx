import { SearchSelect } from '../../frame/lists/search-select.js';
import { useEnterprise } from '../../session/use-session.js';
import type { EntraGroup } from './types.js';

interface GroupPickerProps {
  readonly value: EntraGroup | null;
  readonly error: string | undefined;
  readonly onChange: (group: EntraGroup | null) => void;
}

/** Searches the tenant's groups by name, at Microsoft Graph; an Object ID that is pasted finds its group. */
export function GroupPicker(props: GroupPickerProps) {
  const { base } = useEnterprise();
  return (
    <SearchSelect
      {...props}
      label="Entra group"
      description="Type words of its name, or paste its Object ID."
      placeholder="Field crew"
      path={`${base}/integration/entra-groups`}
      optionOf={({ id, name }) => ({ value: id, label: name ?? id })}
      nothing="No Entra group has such a name or Object ID"
      isFirst
    />
  );
}

import { Select, Text } from '@mantine/core';
import { useNavigate, useParams } from 'react-router';
import type { Session } from '../api/types.js';

/** The enterprise that is shown; whoever may see several chooses. */
export function EnterprisePicker({ session: { enterprises } }: { readonly session: Session }) {
  const { enterpriseId = null } = useParams();
  const navigate = useNavigate();
  const [only] = enterprises;
  if (enterprises.length <= 1) {
    return (
      <Text size="sm" className="value" visibleFrom="xs">
        {only?.name}
      </Text>
    );
  }
  return (
    <Select
      aria-label="Enterprise"
      placeholder="Choose an enterprise"
      searchable
      data={enterprises.map(({ id, name }) => ({ value: id, label: name }))}
      value={enterpriseId}
      onChange={(id) => id && void navigate(`/enterprises/${encodeURIComponent(id)}/integrations`)}
    />
  );
}

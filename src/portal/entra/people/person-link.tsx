import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { useEnterprise } from '../../session/use-session.js';

interface PersonLinkProps {
  /** Id of the record, or object id. */
  readonly person: string;
  readonly label: string | null;
}

/** The name of a person, which leads to everything about them. */
export function PersonLink({ person, label }: PersonLinkProps) {
  const { path } = useEnterprise();
  return (
    <Anchor component={Link} size="sm" className="value" dir="auto" to={`${path}/people/${encodeURIComponent(person)}`}>
      {label ?? person}
    </Anchor>
  );
}

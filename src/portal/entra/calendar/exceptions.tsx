import { Button, Group, Select, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Draft } from '../use-draft.js';
import { RuleFields } from './rule-fields.js';
import type { CalendarRule, CalendarValues, Organisation } from './types.js';

interface ExceptionsProps {
  readonly draft: Draft<CalendarValues>;
  readonly organisations: readonly Organisation[];
}

/** Organisations with a rule of their own instead of the enterprise's. */
export function Exceptions({ draft, organisations }: ExceptionsProps) {
  const { value, set, errorOf, mayChange } = draft;
  const ruleOf = (id: string) => value.exceptions[id] ?? null;
  const withRule = (id: string, rule: CalendarRule | null) => set('exceptions', { ...value.exceptions, [id]: rule });
  const own = organisations.filter(({ id }) => ruleOf(id) !== null);
  const others = organisations.filter(({ id }) => ruleOf(id) === null);
  return (
    <Stack>
      <Title order={2} size="h4">
        Exceptions for organisations
      </Title>
      {own.length === 0 && <Text c="dimmed">None: every organisation goes by the rule above.</Text>}
      {own.map(({ id, name }) => (
        <Stack key={id} gap="xs" align="flex-start">
          <RuleFields
            legend={`Rule of ${name}`}
            rule={ruleOf(id) ?? value.rule}
            onChange={(rule) => withRule(id, rule)}
            errorOf={(part) => errorOf(`exceptions.${id}.${part}`)}
            disabled={!mayChange}
          />
          {mayChange && (
            <Button variant="default" size="xs" onClick={() => withRule(id, null)}>
              Use the rule of the enterprise for {name}
            </Button>
          )}
        </Stack>
      ))}
      {mayChange && others.length > 0 && (
        <AddException organisations={others} onAdd={(id) => withRule(id, { ...value.rule })} />
      )}
    </Stack>
  );
}

function AddException({
  organisations,
  onAdd,
}: Pick<ExceptionsProps, 'organisations'> & { readonly onAdd: (id: string) => void }) {
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Group align="flex-end">
      <Select
        label="Organisation with another rule"
        placeholder="Choose an organisation"
        searchable
        limit={50}
        data={organisations.map(({ id, name }) => ({ value: id, label: name }))}
        value={chosen}
        onChange={setChosen}
      />
      <Button
        variant="default"
        disabled={chosen === null}
        onClick={() => {
          if (chosen !== null) onAdd(chosen);
          setChosen(null);
        }}
      >
        Add exception
      </Button>
    </Group>
  );
}

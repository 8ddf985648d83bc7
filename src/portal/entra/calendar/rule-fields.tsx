import { Checkbox, Fieldset, Group, NumberInput, Radio, Stack, TagsInput } from '@mantine/core';
import type { CalendarRule } from './types.js';

interface RuleFieldsProps {
  readonly legend: string;
  readonly rule: CalendarRule;
  readonly disabled: boolean;
  readonly onChange: (rule: CalendarRule) => void;
  readonly errorOf: (part: keyof CalendarRule) => string | undefined;
}

const INCLUDE = [
  { value: 'all_busy', label: 'All events that are shown as work' },
  { value: 'category', label: 'Only events with a category' },
  { value: 'keyword', label: 'Only events with a word in their subject' },
] as const;

const SHOW_AS = [
  { value: 'busy', label: 'Busy' },
  { value: 'oof', label: 'Away (out of office)' },
  { value: 'workingElsewhere', label: 'Working elsewhere' },
  { value: 'tentative', label: 'Tentative' },
  { value: 'free', label: 'Free' },
  { value: 'unknown', label: 'Not said' },
] as const;

const ONLINE = [
  { value: 'any', label: 'Online or not' },
  { value: 'only', label: 'Only online meetings' },
  { value: 'never', label: 'No online meetings' },
] as const;

/** A calendar rule: which events become activities. */
export function RuleFields({ legend, rule, disabled, onChange, errorOf }: RuleFieldsProps) {
  const set = (change: Partial<CalendarRule>) => onChange({ ...rule, ...change });
  return (
    <Fieldset legend={legend} disabled={disabled}>
      <Stack>
        <Choices label="Events" options={INCLUDE} value={rule.include} onChange={(include) => set({ include })} />
        {rule.include !== 'all_busy' && (
          <TagsInput
            label={rule.include === 'category' ? 'Categories' : 'Words'}
            description="Press Enter after each. Capitals do not matter; private events never match."
            value={[...rule.values]}
            onChange={(values) => set({ values })}
            error={errorOf('values')}
            disabled={disabled}
          />
        )}
        <Checkbox.Group
          label="Shown in the calendar as"
          value={[...rule.showAs]}
          onChange={(chosen) => set({ showAs: SHOW_AS.map(({ value }) => value).filter((v) => chosen.includes(v)) })}
          error={errorOf('showAs')}
        >
          <Group mt="xs">
            {SHOW_AS.map((each) => (
              <Checkbox key={each.value} {...each} />
            ))}
          </Group>
        </Checkbox.Group>
        <Lengths {...{ rule, set, errorOf, disabled }} />
        <Choices label="Online meetings" options={ONLINE} value={rule.online} onChange={(online) => set({ online })} />
        <Checkbox
          label="Include private and confidential events"
          description='They are named "Private appointment" and have no location.'
          checked={rule.private}
          onChange={({ currentTarget }) => set({ private: currentTarget.checked })}
        />
        <Checkbox
          label="Include all-day events"
          description="From midnight to midnight in the zone of the person."
          checked={rule.allDay}
          onChange={({ currentTarget }) => set({ allDay: currentTarget.checked })}
        />
      </Stack>
    </Fieldset>
  );
}

type LengthsProps = Pick<RuleFieldsProps, 'rule' | 'errorOf' | 'disabled'> & {
  readonly set: (change: Partial<CalendarRule>) => void;
};

function Lengths({ rule, set, errorOf, disabled }: LengthsProps) {
  const common = { min: 0, allowDecimal: false, disabled, suffix: ' min' };
  return (
    <Group align="flex-start">
      <NumberInput
        label="At least so long"
        {...common}
        value={rule.minMinutes}
        onChange={(next) => set({ minMinutes: Number(next) })}
        error={errorOf('minMinutes')}
      />
      <NumberInput
        label="At most so long"
        {...common}
        value={rule.maxMinutes}
        onChange={(next) => set({ maxMinutes: Number(next) })}
        error={errorOf('maxMinutes')}
      />
    </Group>
  );
}

interface ChoicesProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

function Choices<T extends string>({ label, options, value, onChange }: ChoicesProps<T>) {
  return (
    <Radio.Group label={label} value={value} onChange={(next) => onChange(next as T)}>
      <Stack gap="xs" mt="xs">
        {options.map((each) => (
          <Radio key={each.value} {...each} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

import { type CSSVariablesResolver, createTheme, Notification } from '@mantine/core';

/** One look for everything; contrast of text on the primary colour is at least 4.5 (WCAG AA) by its darker shade. */
export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: 9,
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } }),
  },
});

/** Darker than teal 9: white text on a button under the pointer keeps its contrast. */
const HOVER = '#066649';
const FILLED = { '--mantine-color-teal-filled-hover': HOVER, '--mantine-primary-color-filled-hover': HOVER };

/** Dimmed text, placeholders and text on light colours with a contrast of at least 4.5 on what they stand on (WCAG AA). */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...FILLED,
    '--mantine-color-error': '#9b1c1c',
    '--mantine-color-dimmed': '#5c636a',
    '--mantine-color-placeholder': '#5c636a',
    '--mantine-color-teal-light-color': '#055a41',
    '--mantine-color-red-light-color': '#9b1c1c',
    '--mantine-color-yellow-light-color': '#6b4700',
    '--mantine-color-gray-light-color': '#343a40',
    '--mantine-color-blue-light-color': '#0b5394',
  },
  dark: {
    ...FILLED,
    '--mantine-color-error': '#ff8787',
    '--mantine-color-dimmed': '#a6a7ab',
    '--mantine-color-placeholder': '#a6a7ab',
  },
});

import { notifications } from '@mantine/notifications';

/** Says for a moment what an act came to. */
export function say(message: string, color: 'teal' | 'red' = 'teal'): void {
  notifications.show({ message, color, closeButtonProps: { 'aria-label': 'Close' } });
}

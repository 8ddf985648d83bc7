import { Center, Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'react-router';
import type { Session } from '../api/types.js';
import { readAgain } from '../api/use-api.js';
import { SignInForm } from './sign-in-form.js';

/** Above every dialog and message of the page that waits below. */
const ABOVE_ALL = 1_000;

/** Hides the page of somebody whose session has ended, and keeps it until they sign in again. */
export function SessionEnded({ session: { account } }: { readonly session: Session }) {
  const queries = useQueryClient();
  const { pathname, search } = useLocation();
  return (
    <Modal
      opened
      fullScreen
      title="Your session has ended"
      zIndex={ABOVE_ALL}
      transitionProps={{ duration: 0 }}
      {...{ withCloseButton: false, closeOnEscape: false, onClose: () => {} }}
    >
      <Center>
        <Stack w="100%" maw={400}>
          <Text>
            Sign in again to go on. What you had typed is still there and not saved; if somebody else signs in, it is
            thrown away.
          </Text>
          <SignInForm goOn={pathname + search} again={account} onSignedIn={() => readAgain(queries)} />
        </Stack>
      </Center>
    </Modal>
  );
}

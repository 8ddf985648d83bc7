import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { Page } from '../frame/page.js';

export function NotFound() {
  return (
    <Page title="There is nothing here">
      <Text>
        The address is wrong, or what was here has been removed.{' '}
        <Anchor component={Link} to="/">
          Go to Integrations
        </Anchor>
      </Text>
    </Page>
  );
}

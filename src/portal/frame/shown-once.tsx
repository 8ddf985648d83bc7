import { Alert, Button, Code, CopyButton, Group } from '@mantine/core';

/** A secret that was just made and cannot be shown again. */
export function ShownOnce({ title, secret }: { readonly title: string; readonly secret: string }) {
  return (
    <Alert color="teal" title={title} role="status">
      <Group>
        <Code className="value">{secret}</Code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}

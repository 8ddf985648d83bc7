import { checkedGraphConfig, type GraphConfig, graphScope } from '../../../src/graph/graph-config.js';

function aConfig(over: Partial<GraphConfig> = {}): GraphConfig {
  return {
    clientId: 'c',
    credential: { kind: 'secret', secret: 's' },
    authorityHost: 'https://login.microsoftonline.com',
    graphBaseUrl: 'https://graph.microsoft.com/',
    ...over,
  };
}

test('addresses are kept as bare origins', () => {
  expect(checkedGraphConfig(aConfig()).graphBaseUrl).toBe('https://graph.microsoft.com');
});

test.each(['http://127.0.0.1:4000', 'http://localhost:4000', 'http://[::1]:4000'])(
  'plain http is allowed to %s',
  (url) => {
    expect(checkedGraphConfig(aConfig({ graphBaseUrl: url })).graphBaseUrl).toBe(url);
  },
);

test.each(['http://graph.microsoft.com', 'http://127.0.0.1.evil.example', 'ftp://127.0.0.1', 'http://10.0.0.1'])(
  'a token would travel in the open to %s, so it is refused',
  (url) => {
    expect(() => checkedGraphConfig(aConfig({ graphBaseUrl: url }))).toThrow('GRAPH_BASE_URL must begin with https://');
  },
);

test('an address with a path is refused with the origin to use', () => {
  const config = aConfig({ graphBaseUrl: 'https://graph.microsoft.com/v1.0' });
  expect(() => checkedGraphConfig(config)).toThrow('such as https://graph.microsoft.com, without a path');
});

test('the scope is that of the cloud, and of the global one for a simulator', () => {
  expect(graphScope(aConfig({ graphBaseUrl: 'https://graph.microsoft.us' }))).toBe(
    'https://graph.microsoft.us/.default',
  );
  expect(graphScope(aConfig({ graphBaseUrl: 'http://127.0.0.1:1' }))).toBe('https://graph.microsoft.com/.default');
});

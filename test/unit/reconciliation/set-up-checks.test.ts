import { addressesFit, leastPrivilege } from '../../../src/reconciliation/doctor/set-up-checks.js';

const SET_UP = {
  authorityHost: 'https://login.microsoftonline.com',
  graphBaseUrl: 'https://graph.microsoft.com',
  notificationUrl: 'https://entra.example',
};

test.each([
  ['https://login.microsoftonline.com', 'https://graph.microsoft.com'],
  ['https://login.microsoftonline.us', 'https://graph.microsoft.us'],
  ['https://login.microsoftonline.us', 'https://dod-graph.microsoft.us'],
  ['https://login.partner.microsoftonline.cn', 'https://microsoftgraph.chinacloudapi.cn'],
])('%s and %s are of one cloud', (authorityHost, graphBaseUrl) => {
  expect(addressesFit({ ...SET_UP, authorityHost, graphBaseUrl })).toContain('one cloud');
});

test('a sign-in of another cloud is a finding that says which host to set', () => {
  const set = { ...SET_UP, graphBaseUrl: 'https://graph.microsoft.us' };
  expect(() => addressesFit(set)).toThrow('set AZURE_AUTHORITY_HOST to https://login.microsoftonline.us');
});

test.each(['https://10.1.2.3', 'https://172.20.0.1', 'https://localhost', 'https://entra.local', 'https://[fd00::1]'])(
  '%s cannot be reached by Microsoft',
  (notificationUrl) => {
    expect(() => addressesFit({ ...SET_UP, notificationUrl })).toThrow('set NOTIFICATION_URL');
  },
);

test('a simulated Microsoft on this machine reaches this machine', () => {
  const local = 'http://127.0.0.1:8080';
  expect(addressesFit({ authorityHost: local, graphBaseUrl: local, notificationUrl: local })).toContain('127.0.0.1');
});

test('what lets the application write is a finding, what it does not need is said', () => {
  const needed = ['User.Read.All', 'Group.Read.All', 'Member.Read.Hidden'];
  expect(leastPrivilege(needed)).toBe('3 permissions granted, nothing beyond what is needed');
  expect(leastPrivilege([...needed, 'Mail.Read', 'Mail.ReadBasic.All'])).toContain(
    'also Mail.Read, Mail.ReadBasic.All',
  );
  expect(() => leastPrivilege([...needed, 'Mail.Read', 'User.ReadWrite.All', 'Mail.Send'])).toThrow(
    'may do more than that: User.ReadWrite.All, Mail.Send. Take them out',
  );
  expect(leastPrivilege(null)).toContain('does not tell');
});

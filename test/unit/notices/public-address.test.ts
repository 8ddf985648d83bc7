import { addressToReach, isPublicAddress } from '../../../src/notices/webhook/public-address.js';

const PUBLIC = ['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.0.1', '2606:4700::1111', '2a00:1450::1'];
const OURS = [
  ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1'],
  ...['169.254.169.254', '198.18.0.1', '192.0.2.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '2001:db8::1', '2002:7f00:1::', '64:ff9b::7f00:1'],
  ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:7f00:1', 'no address'],
];

test.each(PUBLIC)('%s is on the internet', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each(OURS)('%s is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test('a name that leads to this machine is refused unless that is allowed', async () => {
  await expect(addressToReach('localhost', { allowsLoopback: false })).rejects.toMatchObject({
    code: 'webhook_address',
  });
  expect((await addressToReach('localhost', { allowsLoopback: true })).address).toMatch(/^(127\.0\.0\.1|::1)$/);
});

test('other private addresses are refused also where loopback is allowed, in whatever form they are written', async () => {
  for (const host of ['169.254.169.254', '10.0.0.1', '[fd00::1]', '[::ffff:10.0.0.1]']) {
    const found = addressToReach(host, { allowsLoopback: true });
    await expect(found).rejects.toMatchObject({ code: 'webhook_address' });
  }
});

import { describeConfig } from '../../../src/config/describe-config.js';
import { parse, problems } from './environment-fixture.js';

const FROM = { MAIL_FROM: 'GetHomeSafe <notices@ghs.example>' };
const mailOf = (url: string) => parse({ SMTP_URL: url, ...FROM }).mail;

test.each([
  ['smtp://mail.example', { host: 'mail.example', port: 587, isSecure: false, signIn: null, isLoopback: false }],
  ['smtps://mail.example', { port: 465, isSecure: true }],
  ['smtp://127.0.0.1:2525/', { host: '127.0.0.1', port: 2525, isLoopback: true }],
  ['smtp://[::1]:25', { host: '::1', isLoopback: true }],
  ['smtp://a%40b.example:p%3Aw@mail.example', { signIn: { user: 'a@b.example', password: 'p:w' } }],
])('%s is a mail server', (url, expected) => {
  expect(mailOf(url)).toMatchObject(expected);
});

test.each([
  'mail.example',
  'https://mail.example',
  'smtp:///x',
  'smtp://mail.example/x',
  'smtp://mail.example?tls=no',
  'smtp://%E0%A4%A@mail.example',
])('%s is none, and is not repeated, because a password may be in it', (url) => {
  const text = problems({ SMTP_URL: url, ...FROM });
  expect(text).toContain('SMTP_URL: give an address such as');
  expect(text).not.toContain(url);
});

test.each([
  ['notices@ghs.example', { name: '', address: 'notices@ghs.example' }],
  [FROM.MAIL_FROM, { name: 'GetHomeSafe', address: 'notices@ghs.example' }],
  ['"Home, safe" <n@ghs.example>', { name: 'Home, safe', address: 'n@ghs.example' }],
])('%s is a sender', (text, from) => {
  expect(parse({ SMTP_URL: 'smtp://mail.example', MAIL_FROM: text }).mail?.from).toEqual(from);
});

test('a sender with a line break or without an address is refused, and so is a server without a sender', () => {
  const from = (text: string) => problems({ SMTP_URL: 'smtp://mail.example', MAIL_FROM: text });
  expect(from('a\r\nBcc: x@y.example <n@ghs.example>')).toContain('MAIL_FROM');
  expect(from('GetHomeSafe')).toContain('MAIL_FROM');
  expect(problems({ SMTP_URL: 'smtp://mail.example' })).toContain('SMTP_URL is set and MAIL_FROM is not');
});

test('the password may come from a file and is never shown', () => {
  const files = { '/run/smtp': 'smtp://me:hunter2@mail.example\n' };
  const config = parse({ SMTP_URL_FILE: '/run/smtp', ...FROM }, files);
  expect(config.mail?.signIn?.password).toBe('hunter2');
  expect(JSON.stringify(describeConfig(config))).toContain('mail.example:587');
  expect(JSON.stringify(describeConfig(config))).not.toContain('hunter2');
});

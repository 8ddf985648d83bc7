import { connectPageHtml, waitingPage } from '../../../src/api/connect/connect-page.js';

test('whatever a reason says is shown as text', () => {
  const html = connectPageHtml(waitingPage(`<script>alert("1")</script> & 'x'`));
  expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;');
  expect(html).not.toContain('<script');
});

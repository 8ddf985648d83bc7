import { effectiveSettings } from '../../../src/records/person-view.js';

describe('effectiveSettings', () => {
  it('lets the team that the person joined first decide, and puts lists together', () => {
    const first = { settings: { escalation: 'call', sites: ['north'] } };
    const second = { settings: { escalation: 'text', sites: ['north', 'south'], night: true } };
    expect(effectiveSettings([first, second])).toEqual({ escalation: 'call', sites: ['north', 'south'], night: true });
  });

  it('is empty for somebody without a team', () => {
    expect(effectiveSettings([])).toEqual({});
  });
});

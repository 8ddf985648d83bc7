import { typedFields } from '../../../src/records/people/typed-fields.js';

const surroundings = { organisation: { country: 'NZ' }, present: null };

describe('typedFields', () => {
  it('reads what was typed by the rules of the sync', () => {
    const typed = {
      email: ' Ana@Example.com ',
      firstName: ' Ana ',
      mobilePhone: '022 518 9900',
      country: 'New Zealand',
    };
    expect(typedFields({ ...typed, timeZone: 'New Zealand Standard Time' }, surroundings)).toEqual({
      email: 'Ana@Example.com',
      firstName: 'Ana',
      mobilePhone: '+64225189900',
      country: 'NZ',
      timeZone: 'Pacific/Auckland',
    });
  });

  it("reads a national phone number in the person's own country before the organisation's", () => {
    expect(typedFields({ mobilePhone: '0412 345 678', country: 'AU' }, surroundings)).toMatchObject({
      mobilePhone: '+61412345678',
    });
  });

  it('clears a field that is typed empty, and leaves out what was not typed', () => {
    expect(typedFields({ lastName: ' ' }, surroundings)).toEqual({ lastName: null });
  });

  it.each([
    [{ email: '' }, 'email_missing'],
    [{ email: 'ana.example.com' }, 'email_invalid'],
    [{ mobilePhone: 'x123' }, 'phone_unparseable'],
    [{ country: 'Korea' }, 'country_unknown'],
    [{ timeZone: 'Middle-earth' }, 'timezone_unknown'],
  ])('refuses %j as %s', (typed, code) => {
    expect(() => typedFields(typed, surroundings)).toThrow(expect.objectContaining({ code, status: 400 }));
  });
});

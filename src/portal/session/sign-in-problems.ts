/** Why a sign-in with Microsoft came back without one, by the code in the address. */
export const SIGN_IN_PROBLEMS: Readonly<Record<string, string>> = {
  cancelled: 'The sign-in at Microsoft was not completed. Try again when you are ready.',
  not_expected: 'This sign-in was begun in another browser, or too long ago. Begin again here.',
  not_confirmed: 'Microsoft did not confirm this sign-in. Begin again here.',
  not_admitted:
    'This Microsoft account is no account administrator of a connected enterprise. Ask your administrator or GetHomeSafe support.',
  microsoft_unavailable: 'Microsoft could not be reached. Wait a minute, then try again.',
};

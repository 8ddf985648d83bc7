/**
 * What became of a try. refused: trying again is of no use; later: this message is tried again; down: so is
 * everything else that goes the same way, which is given a rest.
 */
export type Outcome = { readonly kind: 'sent' } | { readonly kind: 'refused' | 'later' | 'down'; readonly why: string };

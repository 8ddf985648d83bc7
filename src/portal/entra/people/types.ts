import type { z } from 'zod';
import type { Wire } from '../../../api/frame/schemas.js';
import type {
  activity,
  fieldOfPerson,
  person,
  personItem,
  personWhy,
  undoPreview,
} from '../../../api/routes/people/people-schemas.js';

export type PersonItem = Wire<z.output<typeof personItem>>;
export type Person = Wire<z.output<typeof person>>;
export type PersonWhy = Wire<z.output<typeof personWhy>>;
export type FieldOfPerson = Wire<z.output<typeof fieldOfPerson>>;
export type UndoPreview = Wire<z.output<typeof undoPreview>>;
export type ActivityOfPerson = Wire<z.output<typeof activity>>;

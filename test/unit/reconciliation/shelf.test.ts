import { createShelf } from '../../../src/reconciliation/groups/shelf.js';

const LARGE = 'x'.repeat(3_000_000);

test('each text is as it was put there, whatever its letters and however long it is', () => {
  const shelf = createShelf();
  const texts = [
    '',
    'Māia 鸮 "Ru"',
    LARGE,
    ...Array.from({ length: 50_000 }, (_, index) => `person ${index} ${'é'.repeat(40)}`),
  ];
  const places = texts.map(shelf.put);
  expect(places.map(shelf.get)).toEqual(texts);
});

test('a text stays while others beside it are dropped, and what is put there afterwards is found', () => {
  const shelf = createShelf();
  const texts = Array.from({ length: 30_000 }, (_, index) => `person ${index} ${'x'.repeat(80)}`);
  const places = texts.map(shelf.put);
  const isKept = (_: unknown, index: number) => index % 1_000 === 7;
  for (const at of places.filter((_, index) => !isKept(_, index))) shelf.drop(at);
  const later = shelf.put('later');
  expect(places.filter(isKept).map(shelf.get)).toEqual(texts.filter(isKept));
  expect(shelf.get(later)).toBe('later');
});

test('where everything was dropped, asking is refused, and new texts have room', () => {
  const shelf = createShelf();
  const at = shelf.put(LARGE);
  shelf.drop(at);
  expect(() => shelf.get(at)).toThrow('was dropped');
  expect(shelf.get(shelf.put('new'))).toBe('new');
});

// Compiles like @swc/jest, with one module broken as MUTANT says (test/mutants/mutants.json).
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { createTransformer } = require('@swc/jest');

const root = join(__dirname, '..', '..');
const mutants = JSON.parse(readFileSync(join(root, 'test/mutants/mutants.json'), 'utf8'));

module.exports = {
  createTransformer: (options) => {
    const swc = createTransformer(options);
    const mutant = mutants.find(({ id }) => id === process.env.MUTANT);
    if (!mutant) throw new Error(`MUTANT names no mutant: ${process.env.MUTANT}`);
    const broken = (source, path) => {
      if (path !== join(root, mutant.file)) return source;
      if (source.split(mutant.find).length !== 2)
        throw new Error(`${mutant.id}: its text is not once in ${mutant.file}`);
      return source.replace(mutant.find, () => mutant.instead);
    };
    return {
      ...swc,
      process: (source, path, jest) => swc.process(broken(source, path), path, jest),
      getCacheKey: (source, path, jest) => `${swc.getCacheKey(source, path, jest)}-${mutant.id}`,
    };
  },
};

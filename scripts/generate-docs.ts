import { writeFileSync } from 'node:fs';
import { configurationPage } from '../src/config/configuration-page.js';
import { licencesPage, lockedPackages } from './licences-page.js';

// Writes the pages of docs/ that are generated. Run from the project's folder: npx tsx scripts/generate-docs.ts
writeFileSync('docs/configuration.md', configurationPage());
writeFileSync('docs/licences.md', licencesPage(lockedPackages('.')));

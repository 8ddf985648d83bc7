import { playShare } from './runner/share.js';

playShare('second');

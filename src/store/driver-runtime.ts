import os from 'node:os';
import type { MongoClientOptions } from 'mongodb';

/**
 * What the driver wants to know of the machine, handed to it: left alone it loads `os` by a dynamic import, which
 * Jest's CommonJS sandbox refuses, and then its handshake is refused by the server.
 */
export const driverRuntime: Pick<MongoClientOptions, 'runtimeAdapters'> = { runtimeAdapters: { os } };

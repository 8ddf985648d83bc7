// Makes the replica set of compose.yaml and its two users where they are missing: safe to run again at any time.
// Runs in the network of the first member: MongoDB lets the first user be made from its own machine only.
import { readFileSync } from 'node:fs';
import { MongoClient } from 'mongodb';

const members = (process.env.MEMBERS ?? '').split(',').filter((member) => member !== '');
const port = Number(members[0]?.split(':')[1] ?? 27017);
// A second line is the password of before, while it is changed (docs/running/rotation.md).
const [rootPassword, ...formerPasswords] = linesIn('ROOT_PASSWORD_FILE');
const root = { user: 'root', pwd: rootPassword, roles: ['root'] };
// Its own database and nothing else; to end its own sessions every user may.
const roles = [{ role: 'readWrite', db: 'gethomesafe' }];
const service = { user: 'gethomesafe', pwd: linesIn('SERVICE_PASSWORD_FILE')[0], roles };

const ALREADY_INITIALIZED = 23;
const UNAUTHORIZED = 13;
const AUTHENTICATION_FAILED = 18;
const USER_EXISTS = 51003;
const LIMIT_MS = 120_000;

await here((admin) => tolerating([ALREADY_INITIALIZED, UNAUTHORIZED], () => admin.command({ replSetInitiate: set() })));
console.log('replica set: there');
await untilRootIsLetIn();
await asRoot(async (admin) => {
  await tolerating([USER_EXISTS], () => admin.command({ createUser: service.user, pwd: service.pwd, roles }));
  // Where the password was changed, the one of the file counts.
  await admin.command({ updateUser: service.user, pwd: service.pwd, roles });
});
console.log('users: there');

/** The first one leads where it can: only on its own machine can the first user be made. */
function set() {
  return { _id: 'rs0', members: members.map((host, _id) => ({ _id, host, priority: _id === 0 ? 2 : 1 })) };
}

async function untilRootIsLetIn() {
  const giveUpAt = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      await here(async (admin) => {
        if (!(await admin.command({ hello: 1 })).isWritablePrimary) return;
        // Allowed while there is no user at all.
        const { user, pwd, roles } = root;
        await tolerating([UNAUTHORIZED, USER_EXISTS], () => admin.command({ createUser: user, pwd, roles }));
      });
      for (const former of formerPasswords) await tolerating([AUTHENTICATION_FAILED], () => changeFrom(former));
      return await asRoot((admin) => admin.command({ connectionStatus: 1 }));
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      console.log(`not yet: ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

/** Where the set still has another password of root than the first of the file. */
function changeFrom(former) {
  return asRoot((admin) => admin.command({ updateUser: root.user, pwd: root.pwd }), former);
}

async function tolerating(codes, act) {
  try {
    await act();
  } catch (error) {
    if (!codes.includes(error.code)) throw error;
  }
}

/** The first member alone: before it is initiated the set cannot be found by its name. */
function here(act) {
  return within(`mongodb://127.0.0.1:${port}/?directConnection=true`, {}, act);
}

function asRoot(act, password = root.pwd) {
  const auth = { username: root.user, password };
  return within(`mongodb://${members.join(',')}/?replicaSet=rs0`, { auth }, act);
}

async function within(uri, options, act) {
  const client = new MongoClient(uri, { ...options, serverSelectionTimeoutMS: 10_000 });
  try {
    return await act(client.db('admin'));
  } finally {
    await client.close();
  }
}

function linesIn(variable) {
  return readFileSync(process.env[variable] ?? '', 'utf8')
    .trim()
    .split(/\s*\n\s*/);
}

/** A place that does what otherwise only the kernel does, with the reason. A file, or a folder with a slash at its end. */
export interface Exception {
  readonly where: string;
  readonly why: string;
}

/** Expressions that read the wall clock, roll dice or start a timer: time and chance are arguments (src/kernel). */
export const TIME_AND_CHANCE = [
  'Date.now',
  'Math.random',
  'performance.now',
  'randomBytes',
  'randomUUID',
  'setImmediate',
  'setInterval',
  'setTimeout',
] as const;

export const MAY_USE_TIME_AND_CHANCE: readonly Exception[] = [
  { where: 'src/kernel/', why: 'this is where they are handed out from' },
  { where: 'src/portal/', why: 'a browser has its own clock, chance and timers' },
  { where: 'scripts/bench/', why: 'a benchmark measures real time' },
];

/** Limits in real milliseconds in `src`, which a test cannot move by its clock. */
export const MAY_LIMIT_BY_REAL_TIME: readonly Exception[] = [
  { where: 'src/graph/tokens/read-json.ts', why: 'a socket does not know of moved clocks' },
  { where: 'src/graph/tokens/token-network.ts', why: 'a socket does not know of moved clocks' },
  { where: 'src/subscriptions/reachable.ts', why: 'a socket does not know of moved clocks' },
  { where: 'src/notices/send/mailer.ts', why: 'a socket does not know of moved clocks' },
  { where: 'src/notices/webhook/post-webhook.ts', why: 'a socket does not know of moved clocks' },
  { where: 'src/api/routes/operator/operator-routes.ts', why: 'an operator waits for a renewal' },
  { where: 'src/cli/commands/', why: 'a command of an operator ends in real time' },
  { where: 'src/simulator/', why: 'it waits for real sockets' },
];

/** Who takes the system's clock or chance by itself instead of being given one. */
export const MAY_TAKE_THE_SYSTEMS: readonly Exception[] = [
  { where: 'src/kernel/', why: 'this is where they are defined' },
  { where: 'src/compose.ts', why: 'it hands them to everybody, unless it is given others' },
  { where: 'src/cli/frame/cli.ts', why: 'it is the entry of commands that open no service' },
  { where: 'src/config/parse-config.ts', why: 'a certificate is judged before there is anything to hand a clock' },
  { where: 'src/graph/client/deadline.ts', why: 'a socket does not know of moved clocks' },
  { where: 'src/store/', why: 'mongod keeps real time, whatever clock the service has' },
  { where: 'src/simulator/', why: 'it has a clock of its own over the real one' },
  { where: 'scripts/', why: 'what people run by hand runs in real time' },
];

/** Who reads the environment, to hand it to src/config; everybody else is given values. */
export const MAY_READ_THE_ENVIRONMENT: readonly Exception[] = [
  { where: 'src/main.ts', why: 'an entry file hands the environment to config' },
  { where: 'src/cli/main.ts', why: 'an entry file hands the environment to the commands' },
  { where: 'scripts/', why: 'entry files that people run by hand' },
];

/** Who writes to the console; everybody else has a log or a stream. */
export const MAY_USE_THE_CONSOLE: readonly Exception[] = [{ where: 'scripts/', why: 'it speaks to whoever runs it' }];

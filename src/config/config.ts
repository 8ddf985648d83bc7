/** How this installation proves itself to Entra ID. Keys and certificates are PEM texts. */
export type AzureCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'certificate'; readonly privateKey: string; readonly certificate: string };

export type MongoConfig =
  | { readonly kind: 'uri'; readonly uri: string }
  | { readonly kind: 'embedded'; readonly dataDir: string; readonly mongodBinary?: string };

/** The times of laws L7, L8 and L10, in milliseconds. */
export interface Times {
  /** How far a replica of the directory may be behind. */
  readonly lagDirectoryMs: number;
  /** How far a replica of a mailbox may be behind. */
  readonly lagMailboxMs: number;
  /** Further looks at somebody whose notified read showed nothing new, counted from that read; ascending. */
  readonly looksMs: readonly number[];
  /** How long a taking waits before it is read again and decided. */
  readonly ripeningMs: number;
  /** Least time between the two absences that confirm a deletion. */
  readonly goneConfirmMs: number;
  /** How long a problem stays unshown, so that the other side of a swap has its chance. */
  readonly problemDelayMs: number;
}

export interface Roles {
  readonly intake: boolean;
  readonly worker: boolean;
  readonly portal: boolean;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** How messages are sent by e-mail. */
export interface MailConfig {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly isSecure: boolean;
  readonly isLoopback: boolean;
  readonly signIn: { readonly user: string; readonly password: string } | null;
  readonly from: { readonly name: string; readonly address: string };
}

/** What a command needs that only works on the database. */
export interface StoreConfig {
  readonly mongo: MongoConfig;
  /** Absolute folder of the embedded database and of what is kept beside it. */
  readonly dataDir: string;
  readonly logLevel: LogLevel;
}

/** The environment as one checked value (CONTRACT section 2). Addresses have no slash at the end. */
export interface Config extends StoreConfig {
  readonly azure: {
    readonly clientId: string;
    readonly credential: AzureCredential;
    readonly authorityHost: string;
    /** When the client secret ends, as the app registration shows it; null: nobody has said. */
    readonly secretExpiresAt: Date | null;
  };
  readonly graphBaseUrl: string;
  /** Where browsers reach the service. */
  readonly publicUrl: string;
  /** Where Graph reaches the service. */
  readonly notificationUrl: string;
  /** PEM texts, each a certificate with its private key: the first is for new subscriptions; null: plain notifications. */
  readonly richNotifications: readonly string[] | null;
  /** 0 takes any free port. */
  readonly port: number;
  /** For metrics and readiness; 0 takes any free port. */
  readonly opsPort: number;
  /** Address of this machine on which they listen; loopback unless set. */
  readonly opsHost: string;
  readonly roles: Roles;
  /** The first signs, all verify. */
  readonly appSecrets: readonly string[];
  readonly times: Times;
  /** null: no e-mail is sent. */
  readonly mail: MailConfig | null;
  /** How many days of history are kept. */
  readonly historyDays: number;
  /** As Express takes it: number of proxies in front, or the addresses that are trusted, with commas between them. */
  readonly trustProxy: boolean | number | string;
  readonly proxy: {
    readonly http: string | null;
    readonly https: string | null;
    /** Hosts that are reached directly, as written. */
    readonly except: string | null;
  };
}
